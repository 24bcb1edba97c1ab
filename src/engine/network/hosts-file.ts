import { isIP } from "node:net";
import { EngineError } from "../../base/index.ts";

const standardEntries = [
  "127.0.0.1\tlocalhost",
  "::1\tlocalhost ip6-localhost ip6-loopback",
  "fe00::\tip6-localnet",
  "ff00::\tip6-mcastprefix",
  "ff02::1\tip6-allnodes",
  "ff02::2\tip6-allrouters",
];

export interface HostsEntry {
  readonly address: string;
  readonly names: readonly string[];
}

/** Contents of a container's /etc/hosts. @param base the host's own file, for a container on the host's network. */
export function formatHosts(entries: readonly HostsEntry[], base?: string): string {
  const head = base === undefined ? standardEntries : base.replace(/\n+$/, "").split("\n");
  return `${[...head, ...entries.map(({ address, names }) => `${address}\t${names.join(" ")}`)].join("\n")}\n`;
}

/**
 * A hosts file in which an entry's names have its address, in place of another of the same family; at the end where they
 * had none. A program inside may have changed the rest.
 */
export function replaceHostsEntry(text: string, { address, names }: HostsEntry): string {
  const entry = `${address}\t${names.join(" ")}`;
  const lines = text.split("\n");
  const index = lines.findIndex((line) => {
    const [held = "", ...called] = line.trim().split(/\s+/);
    return isIP(held) === isIP(address) && called.join(" ") === names.join(" ");
  });
  if (index >= 0) return lines.with(index, entry).join("\n");
  return `${text.replace(/\n*$/, "")}\n${entry}\n`;
}

/**
 * Parses `--add-host`: "name:address" or "name=address".
 * @param hostGateway the address that `host-gateway` stands for.
 * @throws EngineError `invalid-argument`.
 */
export function parseExtraHost(text: string, hostGateway: string | undefined): HostsEntry {
  const match = /^([^:=\s]+)[:=](.+)$/.exec(text);
  const [, name, given] = match ?? [];
  if (name === undefined || given === undefined) throw new EngineError("invalid-argument", `bad format for add-host: ${JSON.stringify(text)}`);
  if (given === "host-gateway") {
    if (hostGateway === undefined) throw new EngineError("invalid-argument", "unable to derive the IP value for host-gateway");
    return { address: hostGateway, names: [name] };
  }
  const address = given.replace(/^\[(.*)\]$/, "$1");
  if (isIP(address) === 0) throw new EngineError("invalid-argument", `invalid IP address in add-host: ${JSON.stringify(given)}`);
  return { address, names: [name] };
}
