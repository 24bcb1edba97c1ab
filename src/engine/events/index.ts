export { EventBus } from "./event-bus.ts";
export type { EngineEvent, NanosecondClock } from "./event-bus.ts";
