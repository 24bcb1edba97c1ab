import { existsSync, readFileSync } from "node:fs";
import { formatIpAddress } from "../../base/index.ts";
import type { IpAddress } from "../../base/index.ts";
import type { Endpoint, NetworkFiles, SandboxRequest } from "./contract.ts";
import { formatHosts, parseExtraHost } from "./hosts-file.ts";
import type { HostsEntry } from "./hosts-file.ts";
import { formatResolvConf, isLoopbackServer, parseResolvConf, reachableServers, withDnsRequest } from "./resolv-conf.ts";

/** Where systemd-resolved lists the servers behind its own address 127.0.0.53. */
const upstreamFile = "/run/systemd/resolve/resolv.conf";

export interface NetworkFilesOptions {
  readonly resolvConfPath?: string;
}

export interface FilesRequest {
  readonly request: SandboxRequest;
  readonly endpoints: readonly Endpoint[];
  /** What `host-gateway` stands for. */
  readonly hostGateway: IpAddress | undefined;
}

/** Contents of a container's /etc/hosts and /etc/resolv.conf, read from the host's anew each time, since those change. */
export class NetworkFilesMaker {
  readonly #resolvConfPath: string;

  constructor({ resolvConfPath = "/etc/resolv.conf" }: NetworkFilesOptions) {
    this.#resolvConfPath = resolvConfPath;
  }

  make({ request, endpoints, hostGateway }: FilesRequest): NetworkFiles {
    const gateway = hostGateway === undefined ? undefined : formatIpAddress(hostGateway);
    const extra = request.extraHosts.map((entry) => parseExtraHost(entry, gateway));
    const isHost = request.mode.kind === "host";
    return {
      hosts: isHost ? formatHosts(extra, readIfThere("/etc/hosts")) : formatHosts([...extra, ...ownEntries(request, endpoints)]),
      resolvConf: isHost ? this.#hostResolvConf(request) : this.#bridgeResolvConf(request, endpoints),
    };
  }

  /** On the host's network the host's file is right as it stands, its loopback servers too. */
  #hostResolvConf({ dns }: SandboxRequest): string {
    const text = readIfThere(this.#resolvConfPath);
    const isPlain = dns.servers.length + dns.search.length + dns.options.length === 0;
    return isPlain ? text : formatResolvConf(withDnsRequest(parseResolvConf(text), dns));
  }

  #bridgeResolvConf({ dns }: SandboxRequest, endpoints: readonly Endpoint[]): string {
    const own = parseResolvConf(readIfThere(this.#resolvConfPath));
    const isStub = own.servers.length > 0 && own.servers.every(isLoopbackServer);
    const host = isStub && existsSync(upstreamFile) ? parseResolvConf(readIfThere(upstreamFile)) : own;
    const families = endpoints.some(({ ipv6 }) => ipv6 !== undefined) ? [4, 6] : [4];
    return formatResolvConf(withDnsRequest({ ...host, servers: reachableServers(host.servers, families) }, dns));
  }
}

function ownEntries({ hostname, domainname }: SandboxRequest, endpoints: readonly Endpoint[]): HostsEntry[] {
  const names = domainname === undefined || domainname === "" ? [hostname] : [`${hostname}.${domainname}`, hostname];
  return endpoints.flatMap(({ ipv4, ipv6 }) => [ipv4, ipv6])
    .filter((address) => address !== undefined)
    .map(({ address }) => ({ address, names }));
}

function readIfThere(path: string): string {
  return existsSync(path) ? readFileSync(path, "utf8") : "";
}
