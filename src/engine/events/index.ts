export { EventBus } from "./event-bus.ts";
export { EventJournal } from "./event-journal.ts";
export type { JournalLimits, JournalOptions } from "./event-journal.ts";
export type { EngineEvent, NanosecondClock } from "./event-bus.ts";
