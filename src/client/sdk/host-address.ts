import { EngineError } from "../../base/index.ts";

/** Where an engine listens. */
export type HostAddress =
  | { readonly kind: "unix"; readonly path: string }
  | { readonly kind: "tcp"; readonly host: string; readonly port: number }
  | { readonly kind: "ssh"; readonly host: string; readonly port: number | undefined; readonly user: string | undefined; readonly socket: string | undefined };

const plainPort = 2375;
const tlsPort = 2376;

/**
 * Parses what `-H` and DOCKER_HOST take: `unix:///run/wharf/wharf.sock`, `tcp://host:2376`, `ssh://user@host`.
 * @throws EngineError `invalid-argument`.
 */
export function parseHostAddress(text: string, options: { readonly tls?: boolean } = {}): HostAddress {
  const match = /^(?:([a-z0-9+]+):\/\/)?(.*)$/s.exec(text.trim());
  const [, scheme = "tcp", rest = ""] = match ?? [];
  switch (scheme) {
    case "unix":
      if (rest === "") throw invalid(text);
      return { kind: "unix", path: rest };
    case "tcp":
    case "http":
    case "https":
      return parseTcp(text, rest, (options.tls ?? false) || scheme === "https");
    case "ssh":
      return parseSsh(text, rest);
    default:
      throw invalid(text);
  }
}

function parseTcp(text: string, rest: string, tls: boolean): HostAddress {
  const written = /:([^:/\]]*)\/?$/.exec(rest)?.[1];
  if (written !== undefined && !/^\d*$/.test(written)) {
    throw new EngineError("invalid-argument", `parse ${JSON.stringify(text)}: invalid port ${JSON.stringify(`:${written}`)} after host`);
  }
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([^:/[\]]*))(?::(\d{1,5}))?\/?$/.exec(rest);
  const port = match?.[3] === undefined ? (tls ? tlsPort : plainPort) : Number(match[3]);
  if (match === null || port < 1 || port > 65_535) throw invalid(text);
  return { kind: "tcp", host: (match[1] ?? match[2]) || "127.0.0.1", port };
}

function parseSsh(text: string, rest: string): HostAddress {
  const match = /^(?:([^@/\s]+)@)?(?:\[([0-9a-fA-F:.]+)\]|([^:/@\s[\]]+))(?::(\d{1,5}))?(\/.*)?$/.exec(rest);
  const host = match?.[2] ?? match?.[3];
  // A host or user that begins with a dash would be an option of ssh.
  if (match === null || host === undefined || host.startsWith("-") || match[1]?.startsWith("-") === true) throw invalid(text);
  return {
    kind: "ssh", host, user: match[1],
    port: match[4] === undefined ? undefined : Number(match[4]),
    socket: match[5] === undefined || match[5] === "/" ? undefined : match[5],
  };
}

function invalid(text: string): EngineError {
  return new EngineError("invalid-argument", `invalid bind address format: ${text}`, {
    hint: "write unix:///path/to/socket, tcp://host:port or ssh://host",
  });
}
