import { EngineError } from "../../../base/index.ts";

/** The context that is no file: what the flags and the environment say, else the default socket. */
export const defaultContext = "default";

/** @throws EngineError in docker's words for what cannot be a context's name, `default` included. */
export function checkContextName(name: string): void {
  if (name === "") throw new EngineError("invalid-argument", "context name cannot be empty");
  if (name === defaultContext) throw new EngineError("invalid-argument", '"default" is a reserved context name');
  if (!isStoredName(name)) {
    throw new EngineError("invalid-argument", `context name ${JSON.stringify(name)} is invalid, names are validated against regexp "^[a-zA-Z0-9][a-zA-Z0-9_.+-]+$"`);
  }
}

/** What docker allows as the name of a context, of an endpoint, and of a file of TLS material: never a path. */
export function isStoredName(name: string): boolean {
  return /^[a-zA-Z0-9][a-zA-Z0-9_.+-]+$/.test(name);
}
