import type { PortBinding } from "../../../api/types/index.ts";
import { CommandFailure, parseCsv } from "../command/index.ts";
import { isAddress } from "./ip-address.ts";

interface Range {
  readonly first: number;
  readonly last: number;
}

export interface PortOptions {
  readonly exposed: readonly string[];
  readonly bindings: Readonly<Record<string, readonly PortBinding[]>>;
}

/** What `--publish` and `--expose` ask for. @throws CommandFailure in docker's words. */
export function portsOf(published: readonly string[], exposed: readonly string[]): PortOptions {
  const bindings: Record<string, PortBinding[]> = {};
  const ports = new Set<string>();
  for (const text of published) {
    for (const { port, binding } of parsePublish(text.includes("=") ? shortForm(text) : text)) {
      ports.add(port);
      (bindings[port] ??= []).push(binding);
    }
  }
  for (const text of exposed) for (const port of parseExpose(text)) ports.add(port);
  return { exposed: [...ports], bindings };
}

/** `target=80,published=8080,protocol=tcp,mode=ingress` in the short form. */
function shortForm(text: string): string {
  const fields = new Map<string, string>();
  for (const field of parseCsv(text)) {
    const equals = field.indexOf("=");
    const key = field.slice(0, Math.max(equals, 0)).toLowerCase();
    if (!["protocol", "mode", "target", "published"].includes(key)) throw refused(`invalid field key: ${key === "" ? field : key}`);
    fields.set(key, field.slice(equals + 1).toLowerCase());
  }
  const [target = "", published, protocol = "tcp"] = ["target", "published", "protocol"].map((key) => fields.get(key));
  if (target === "") throw refused(`invalid port mapping ${text}: target is required`);
  return `${published === undefined ? "" : `${published}:`}${target}/${protocol}`;
}

function parsePublish(text: string): { readonly port: string; readonly binding: PortBinding }[] {
  const { address, host, container: written } = splitBinding(text);
  const slash = written.indexOf("/");
  const protocol = (slash < 0 ? "tcp" : written.slice(slash + 1)).toLowerCase();
  const container = slash < 0 ? written : written.slice(0, slash);
  if (address !== "" && !isAddress(address)) throw refused(`invalid IP address: ${address}`);
  if (container === "") throw refused(`no port specified: ${text}<empty>`);
  const inside = parseRange(container);
  if (inside === undefined) throw refused(`invalid containerPort: ${container}`);
  const outside = host === "" ? undefined : parseRange(host);
  if (host !== "" && outside === undefined) throw refused(`invalid hostPort: ${host}`);
  const count = inside.last - inside.first;
  const hostCount = outside === undefined ? count : outside.last - outside.first;
  // A range of host ports for one container port is a choice that the engine makes.
  if (hostCount !== count && count > 0) throw refused(`invalid ranges specified for container and host Ports: ${container} and ${host}`);
  if (!["tcp", "udp", "sctp"].includes(protocol)) throw refused(`invalid proto: ${protocol}`);
  return Array.from({ length: count + 1 }, (_, offset) => ({
    port: `${inside.first + offset}/${protocol}`,
    binding: { HostIp: address, HostPort: hostPort(outside, { offset, isChoice: hostCount !== count }) },
  }));
}

function hostPort(outside: Range | undefined, place: { readonly offset: number; readonly isChoice: boolean }): string {
  if (outside === undefined) return "";
  return place.isChoice ? `${outside.first}-${outside.last}` : String(outside.first + place.offset);
}

function splitBinding(text: string): { readonly address: string; readonly host: string; readonly container: string } {
  const parts = text.split(":");
  const container = parts.pop() ?? "";
  const host = parts.pop() ?? "";
  const address = parts.join(":");
  return { address: /^\[(.*)\]$/.exec(address)?.[1] ?? address, host, container };
}

function parseRange(text: string): Range | undefined {
  const match = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(text);
  const first = Number(match?.[1]);
  const last = Number(match?.[2] ?? match?.[1]);
  return match === null || last < first || last > 65_535 ? undefined : { first, last };
}

function parseExpose(text: string): string[] {
  if (text.includes(":")) throw refused(`invalid port format for --expose: ${text}`);
  const [written = "", protocol = "tcp"] = text.split("/");
  const range = parseRange(written);
  if (range === undefined) throw refused(`invalid range format for --expose: ${text}, error: ${rangeProblem(written)}`);
  if (!["tcp", "udp", "sctp"].includes(protocol.toLowerCase())) throw refused(`invalid proto: ${protocol}`);
  return Array.from({ length: range.last - range.first + 1 }, (_, offset) => `${range.first + offset}/${protocol.toLowerCase()}`);
}

function rangeProblem(text: string): string {
  if (text === "") return "empty string specified for ports.";
  const [first = "", last = first] = text.split("-");
  const bad = /^\d+$/.test(first) ? last : first;
  if (!/^\d+$/.test(bad)) return `strconv.ParseUint: parsing ${JSON.stringify(bad)}: invalid syntax`;
  const large = [first, last].find((port) => Number(port) > 65_535);
  return large === undefined ? `invalid range specified for port: ${text}` : `strconv.ParseUint: parsing ${JSON.stringify(large)}: value out of range`;
}

function refused(message: string): CommandFailure {
  return new CommandFailure(125, message, { isBlamed: true });
}
