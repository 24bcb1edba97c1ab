import { CommandFailure } from "../command/index.ts";
import { isObject } from "./config-file.ts";

/** Names that would change what the request means to HTTP. */
const reserved: ReadonlySet<string> = new Set(["host", "connection", "upgrade", "content-length", "transfer-encoding", "content-type"]);

/** The headers that config.json (`HttpHeaders`) or DOCKER_CUSTOM_HEADERS, which has precedence, adds to every request. */
export function httpHeaders(file: Readonly<Record<string, unknown>>, environment: Readonly<Record<string, string | undefined>>): Readonly<Record<string, string>> {
  const written = environment["DOCKER_CUSTOM_HEADERS"] ?? "";
  const configured = isObject(file["HttpHeaders"]) ? Object.entries(file["HttpHeaders"]) : [];
  const pairs = written.trim() === "" ? configured : written.split(",").map(splitHeader);
  const headers = pairs.filter((pair): pair is [string, string] => typeof pair[1] === "string" && !reserved.has(pair[0].toLowerCase()));
  for (const [name, value] of headers) {
    if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name) || /[\r\n\0]/.test(value)) throw new CommandFailure(1, `${JSON.stringify(name)} is no header of HTTP, or its value is none`);
  }
  return Object.fromEntries(headers);
}

function splitHeader(text: string): [string, string] {
  const equals = text.indexOf("=");
  const name = (equals < 0 ? text : text.slice(0, equals)).trim();
  if (equals < 0 || name === "") {
    throw new CommandFailure(1, `failed to parse custom headers from DOCKER_CUSTOM_HEADERS environment variable: missing "=" in ${JSON.stringify(text)}`);
  }
  return [name, text.slice(equals + 1)];
}
