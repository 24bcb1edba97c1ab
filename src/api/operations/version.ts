import { EngineError } from "../../base/index.ts";

/** An API version by its minor number; all are 1.x. */
export type ApiVersion = number;

export const oldestApiVersion: ApiVersion = 24;
export const newestApiVersion: ApiVersion = 50;

export function formatApiVersion(version: ApiVersion): string {
  return `1.${version}`;
}

/**
 * The version of a path such as "/v1.43/info".
 * @throws EngineError `invalid-argument` with docker's texts for what this engine does not speak.
 */
export function parseApiVersion(text: string): ApiVersion {
  const parts = /^(\d{1,6})\.(\d{1,6})$/.exec(text);
  if (parts === null) throw new EngineError("invalid-argument", `invalid API version ${JSON.stringify(text.slice(0, 40))}: write it as v1.${newestApiVersion}`);
  const [major, minor] = [Number(parts[1]), Number(parts[2])];
  if (major > 1 || (major === 1 && minor > newestApiVersion)) {
    throw new EngineError("invalid-argument", `client version ${text} is too new. Maximum supported API version is ${formatApiVersion(newestApiVersion)}`);
  }
  if (major < 1 || minor < oldestApiVersion) {
    throw new EngineError(
      "invalid-argument",
      `client version ${text} is too old. Minimum supported API version is ${formatApiVersion(oldestApiVersion)}, please upgrade your client to a newer version`,
    );
  }
  return minor;
}
