export { DetachWatcher, parseDetachKeys } from "./detach-keys.ts";
export { followSize } from "./follow-size.ts";
export { forwardSignals } from "./forward-signals.ts";
export { copyOutput, runSession } from "./session.ts";
export type { SessionEnd, SessionOptions } from "./session.ts";
