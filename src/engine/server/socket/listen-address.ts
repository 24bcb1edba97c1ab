import { isIP } from "node:net";
import { EngineError } from "../../../base/index.ts";

/** What `-H/--host` of the daemon says. */
export type ListenAddress =
  | { readonly kind: "unix"; readonly path: string }
  | { readonly kind: "tcp"; readonly hostname: string; readonly port: number }
  /** Sockets that systemd opened: all of them, or the one of that number or name. */
  | { readonly kind: "activated"; readonly socket: string };

/** A path longer than this does not fit a socket's address (unix(7)). */
const longestSocketPath = 107;

/**
 * Parses `unix:///path`, `tcp://address:port` and `fd://[socket]`.
 * @throws EngineError `invalid-argument`; also for abstract sockets, which any process of the host's network reaches.
 */
export function parseListenAddress(text: string): ListenAddress {
  const [, scheme = "", rest = ""] = /^([a-z]+):\/\/(.*)$/.exec(text) ?? [];
  switch (scheme) {
    case "unix":
      return { kind: "unix", path: socketPath(rest, text) };
    case "tcp":
      return tcpAddress(rest, text);
    case "fd":
      return { kind: "activated", socket: rest };
    default:
      throw invalid(text, "write unix:///path, tcp://address:port or fd://");
  }
}

function socketPath(path: string, text: string): string {
  if (!path.startsWith("/") || path.includes("\0")) throw invalid(text, "the path of a socket is absolute");
  if (Buffer.byteLength(path) > longestSocketPath) throw invalid(text, `the path of a socket is at most ${longestSocketPath} bytes long`);
  return path;
}

function tcpAddress(rest: string, text: string): ListenAddress {
  const parts = /^(?:\[([0-9a-fA-F:]+)\]|([^:/[\]]*))(?::(\d{1,5}))?\/?$/.exec(rest);
  const hostname = parts?.[1] ?? parts?.[2] ?? "";
  const port = Number(parts?.[3] ?? 0);
  if (parts === null || parts[3] === undefined || port > 65_535) throw invalid(text, "write tcp://address:port");
  if (parts[1] !== undefined && isIP(parts[1]) !== 6) throw invalid(text, `${parts[1]} is no IPv6 address`);
  return { kind: "tcp", hostname: hostname === "" ? "127.0.0.1" : hostname, port };
}

function invalid(text: string, hint: string): EngineError {
  return new EngineError("invalid-argument", `invalid host ${JSON.stringify(text.slice(0, 160))}`, { hint });
}
