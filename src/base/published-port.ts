import { EngineError } from "./engine-error.ts";
import { ipFamily } from "./ip-address.ts";

export type PortProtocol = "tcp" | "udp" | "sctp";

/** One binding of `-p`; a range is already taken apart into its ports. */
export interface PublishedPort {
  readonly containerPort: number;
  readonly protocol: PortProtocol;
  /** Absent: every address of the host. */
  readonly hostAddress?: string;
  /** Absent, also for a given 0: the engine picks a free port. More than one: it picks among them. */
  readonly hostPorts?: { readonly first: number; readonly last: number };
}

interface PortRange {
  readonly first: number;
  readonly last: number;
}

const protocols: readonly string[] = ["tcp", "udp", "sctp"] satisfies readonly PortProtocol[];

/**
 * Parses `[[address:][host[-host]]:]container[-container][/protocol]` of `docker run -p`; an IPv6 address is in brackets.
 * Ranges of the same length are bound port by port; a range of host ports for one container port is a choice.
 * @throws EngineError `invalid-argument`.
 */
export function parsePublishedPorts(text: string): PublishedPort[] {
  const slash = text.indexOf("/");
  const protocol = slash < 0 ? "tcp" : text.slice(slash + 1).toLowerCase();
  if (!isProtocol(protocol)) throw invalid(text, "the protocol is tcp, udp or sctp");
  const { address, host, container } = splitParts(slash < 0 ? text : text.slice(0, slash), text);
  if (address !== "" && ipFamily(address) === undefined) throw invalid(text, `${JSON.stringify(address)} is no IP address`);

  const inside = parseRange(container, text);
  const outside = host === "" || host === "0" ? undefined : parseRange(host, text);
  const count = inside.last - inside.first + 1;
  const isPaired = outside !== undefined && outside.last - outside.first + 1 === count;
  if (outside !== undefined && !isPaired && count > 1) throw invalid(text, "both ranges have to be of the same length");

  return Array.from({ length: count }, (_, offset) => {
    const hostPorts = outside !== undefined && isPaired
      ? { first: outside.first + offset, last: outside.first + offset }
      : outside;
    return {
      containerPort: inside.first + offset,
      protocol,
      ...(address === "" ? {} : { hostAddress: address }),
      ...(hostPorts === undefined ? {} : { hostPorts }),
    };
  });
}

function isProtocol(text: string): text is PortProtocol {
  return protocols.includes(text);
}

function splitParts(binding: string, text: string): { address: string; host: string; container: string } {
  const bracketed = /^\[([^\]]+)\]:(.*)$/.exec(binding);
  const parts = (bracketed?.[2] ?? binding).split(":");
  const container = parts.pop() ?? "";
  const host = parts.pop() ?? "";
  if (bracketed === null) {
    if (parts.length > 1) throw invalid(text, "an IPv6 address is written in brackets");
    return { address: parts[0] ?? "", host, container };
  }
  if (parts.length > 0 || !(bracketed[2] ?? "").includes(":")) throw invalid(text);
  return { address: bracketed[1] ?? "", host, container };
}

function parseRange(part: string, text: string): PortRange {
  const match = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(part);
  const first = Number(match?.[1]);
  const last = Number(match?.[2] ?? match?.[1]);
  if (match === null || first < 1 || last > 65_535 || last < first) throw invalid(text, "ports are 1 to 65535");
  return { first, last };
}

function invalid(text: string, hint = "write [[address:][host port]:]container port[/protocol]"): EngineError {
  return new EngineError("invalid-argument", `invalid published port ${JSON.stringify(text.slice(0, 160))}`, { hint });
}
