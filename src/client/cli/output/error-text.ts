import { isEngineAnswer } from "../../sdk/index.ts";

/** An error as docker prints it: what the engine answered says so, and a hint follows. */
export function errorText(error: unknown): string {
  if (isEngineAnswer(error)) return `Error response from daemon: ${error.message}`;
  if (!(error instanceof Error)) return String(error);
  const hint: unknown = "hint" in error ? error.hint : undefined;
  return typeof hint === "string" && hint !== "" ? `${error.message}\n${hint}` : error.message;
}
