export { wharf } from "./command-line.ts";
export type { LineOptions, Outcome } from "./command-line.ts";
export { ScriptedEngine } from "./scripted-engine.ts";
