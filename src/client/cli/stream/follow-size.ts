import type { CommandContext } from "../command/index.ts";

export interface Resize {
  (size: { readonly h: number; readonly w: number }): Promise<unknown>;
}

/** Gives a program's terminal the size of ours, now and whenever it changes. */
export function followSize(context: CommandContext, resize: Resize): Disposable {
  const send = (): void => {
    const { columns, rows } = context.io.out.size();
    // The program may have ended in between, or not be there yet; the next change tries again.
    resize({ h: rows, w: columns }).catch(() => undefined);
  };
  send();
  return context.onSignals(["SIGWINCH"], send);
}
