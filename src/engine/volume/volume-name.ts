import { randomBytes } from "node:crypto";
import { EngineError } from "../../base/index.ts";

/** For a volume that nobody gave a name. */
export function randomVolumeName(): string {
  return randomBytes(32).toString("hex");
}

/**
 * A volume's name becomes a folder's, so that nothing but plain letters is let through.
 * @throws EngineError `invalid-argument`, docker's text
 */
export function checkVolumeName(name: string): void {
  if (name.length === 1) {
    throw new EngineError("invalid-argument", `create ${name}: volume name is too short, names should be at least two alphanumeric characters`);
  }
  if (!/^[a-zA-Z0-9][a-zA-Z0-9_.-]+$/.test(name)) {
    throw new EngineError(
      "invalid-argument",
      `create ${name}: ${JSON.stringify(name)} includes invalid characters for a local volume name, only "[a-zA-Z0-9][a-zA-Z0-9_.-]" are allowed. ` +
        "If you intended to pass a host directory, use absolute path",
    );
  }
  if (name.length > 255) throw new EngineError("invalid-argument", `create ${name.slice(0, 40)}…: a volume's name has at most 255 characters`);
}
