import type { ProgressMessage } from "../../../api/types/index.ts";
import { formatDecimalSize } from "../../../base/index.ts";
import { CommandFailure, type OutputStream } from "../command/index.ts";

const barWidth = 50;

export interface ProgressOptions {
  /** Nothing but what was made is shown. */
  readonly isQuiet?: boolean;
  /** Takes the lines that are the result, such as "Loaded image: x", where they go elsewhere than progress. */
  readonly result?: OutputStream;
}

/**
 * Shows the progress of a load, import or pull: a bar for each layer on a terminal, each state once elsewhere.
 * @throws CommandFailure with the engine's text when the work failed.
 */
export async function showProgress(out: OutputStream, messages: AsyncIterable<ProgressMessage>, options: ProgressOptions = {}): Promise<void> {
  const rows = new Map<string, number>();
  const states = new Map<string, string>();
  const columns = out.isTerminal ? out.size().columns : 0;
  for await (const message of messages) {
    const failure = message.errorDetail?.message ?? message.error;
    if (failure !== undefined) throw new CommandFailure(1, failure);
    if (message.stream !== undefined) {
      await (options.result ?? out).write(message.stream);
      continue;
    }
    if (message.status === undefined || options.isQuiet === true) continue;
    if (message.id === undefined) await (options.result ?? out).write(`${message.status}\n`);
    else if (out.isTerminal) await redraw(out, { rows, columns }, message);
    else await plainLine(out, states, message);
  }
}

/** Each item has a line of its own, found again by counting up from the last. */
async function redraw(out: OutputStream, screen: { readonly rows: Map<string, number>; readonly columns: number }, message: ProgressMessage): Promise<void> {
  const { id = "" } = message;
  const { rows, columns } = screen;
  const line = `${id}: ${message.status ?? ""} ${barText(message, columns - id.length - 30)}`.trimEnd();
  const row = rows.get(id);
  if (row === undefined) {
    rows.set(id, rows.size);
    await out.write(`${line}\n`);
    return;
  }
  const up = rows.size - row;
  await out.write(`\u001b[${up}A\r\u001b[2K${line}\r\u001b[${up}B`);
}

async function plainLine(out: OutputStream, states: Map<string, string>, { id = "", status = "" }: ProgressMessage): Promise<void> {
  if (states.get(id) === status) return;
  states.set(id, status);
  await out.write(`${id}: ${status}\n`);
}

/** `[=====>     ]  1.2MB/3.4MB`. */
function barText({ progressDetail }: ProgressMessage, room: number): string {
  const { current = 0, total = 0, units } = progressDetail ?? {};
  if (current <= 0) return "";
  const amount = (count: number): string => (units === undefined ? formatDecimalSize(count) : `${count} ${units}`);
  if (total <= 0) return amount(current);
  const width = Math.max(Math.min(barWidth, room), 10);
  const done = Math.min(Math.trunc((current / total) * width), width);
  const bar = `${"=".repeat(Math.max(done - 1, 0))}${done > 0 ? ">" : ""}`.padEnd(width);
  return `[${bar}]  ${amount(Math.min(current, total))}/${amount(total)}`;
}
