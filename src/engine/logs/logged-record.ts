import type { OutputStream } from "../server/backend/index.ts";
import { headerLength, isFull, isRecord, isStderr } from "./log-record.ts";

const newline = 0x0a;

/** One record of a log by itself, as it is sent elsewhere. */
export interface LoggedRecord {
  /** When conmon read it: RFC 3339 with nine digits and a numeric zone. */
  readonly time: string;
  readonly stream: OutputStream;
  /** Without a newline; valid as long as what it was split from. */
  readonly text: Uint8Array;
  /** The line goes on in the stream's next record. */
  readonly isPartial: boolean;
}

/** @param records whole ones; what is none is passed over */
export function* splitRecords(records: Buffer): Generator<LoggedRecord> {
  for (let at = 0, end = records.indexOf(newline); end >= 0; at = end + 1, end = records.indexOf(newline, at)) {
    if (!isRecord(records, at, end)) continue;
    yield {
      time: records.toString("latin1", at, at + 35),
      stream: isStderr(records, at) ? "stderr" : "stdout",
      text: records.subarray(at + headerLength, end),
      isPartial: !isFull(records, at),
    };
  }
}

/** What docker takes as one message; a longer line is several. */
const longestText = 16 * 1024;

/** Puts the pieces in which conmon read a line together again. */
export class LineAssembler {
  readonly #begun = new Map<OutputStream, LoggedRecord>();

  /** Whether nothing waits for the rest of its line. */
  get isEmpty(): boolean {
    return this.#begun.size === 0;
  }

  /** @returns a line, or as much of one as may be one message; undefined where more of it is to come */
  take(record: LoggedRecord): LoggedRecord | undefined {
    const begun = this.#begun.get(record.stream);
    const joined = begun === undefined ? record : { ...record, time: begun.time, text: Buffer.concat([begun.text, record.text]) };
    if (joined.isPartial && joined.text.length < longestText) {
      // What it was split from is used again.
      this.#begun.set(record.stream, { ...joined, text: Buffer.from(joined.text) });
      return undefined;
    }
    this.#begun.delete(record.stream);
    return joined;
  }

  /** What never came to its end. */
  rest(): readonly LoggedRecord[] {
    return [...this.#begun.values()].map((record) => ({ ...record, isPartial: false }));
  }
}
