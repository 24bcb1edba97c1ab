import { existsSync, readFileSync } from "node:fs";
import { formatIpAddress } from "../../base/index.ts";
import type { IpAddress } from "../../base/index.ts";
import type { Endpoint, NetworkFiles, SandboxRequest } from "./contract.ts";
import { formatHosts, parseExtraHost } from "./hosts-file.ts";
import type { HostsEntry } from "./hosts-file.ts";
import { resolverAddress } from "./resolver-rules.ts";
import { formatResolvConf, isLoopbackServer, parseResolvConf, reachableServers, withDnsRequest } from "./resolv-conf.ts";
import type { ResolverSettings } from "./resolv-conf.ts";

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
  /** See {@link NetworkFilesMaker.needsResolver}. */
  readonly usesResolver: boolean;
}

/** Contents of a container's /etc/hosts and /etc/resolv.conf, read from the host's anew each time, since those change. */
export class NetworkFilesMaker {
  readonly #resolvConfPath: string;

  constructor({ resolvConfPath = "/etc/resolv.conf" }: NetworkFilesOptions) {
    this.#resolvConfPath = resolvConfPath;
  }

  make({ request, endpoints, hostGateway, usesResolver }: FilesRequest): NetworkFiles {
    const gateway = hostGateway === undefined ? undefined : formatIpAddress(hostGateway);
    const extra = request.extraHosts.map((entry) => parseExtraHost(entry, gateway));
    if (request.mode.kind === "host") {
      return { hosts: formatHosts(extra, readIfThere("/etc/hosts")), resolvConf: this.#hostResolvConf(request) };
    }
    return {
      hosts: formatHosts([...extra, ...request.linkedHosts ?? [], ...ownEntries(request, endpoints)]),
      resolvConf: usesResolver ? this.#resolverResolvConf(request) : this.#bridgeResolvConf(request, endpoints),
    };
  }

  /**
   * Whether a container has to ask the engine: on a user-defined network for the names there, elsewhere when it could
   * reach none of the host's servers, as where a resolver listens on the host's loopback alone.
   */
  needsResolver({ dns }: SandboxRequest, endpoints: readonly Endpoint[]): boolean {
    if (!endpoints.some(({ ipv4 }) => ipv4 !== undefined)) return false;
    if (endpoints.some(({ networkName }) => networkName !== "bridge")) return true;
    const host = this.#containersResolvConf();
    return dns.servers.length === 0 && host.servers.length > 0 && reachableServers(host.servers, familiesOf(endpoints)).length === 0;
  }

  /** Whom the engine asks, as every program of the host does. */
  hostServers(): readonly string[] {
    return parseResolvConf(readIfThere(this.#resolvConfPath)).servers;
  }

  /** On the host's network the host's file is right as it stands, its loopback servers too. */
  #hostResolvConf({ dns }: SandboxRequest): string {
    const text = readIfThere(this.#resolvConfPath);
    const isPlain = dns.servers.length + dns.search.length + dns.options.length === 0;
    return isPlain ? text : formatResolvConf(withDnsRequest(parseResolvConf(text), dns));
  }

  #bridgeResolvConf({ dns }: SandboxRequest, endpoints: readonly Endpoint[]): string {
    const host = this.#containersResolvConf();
    return formatResolvConf(withDnsRequest({ ...host, servers: reachableServers(host.servers, familiesOf(endpoints)) }, dns));
  }

  /** As docker writes it; names without a dot are tried as they are first, since containers have such names. */
  #resolverResolvConf({ dns }: SandboxRequest): string {
    const settings = withDnsRequest(this.#containersResolvConf(), dns);
    const options = settings.options.some((option) => option.startsWith("ndots:")) ? settings.options : [...settings.options, "ndots:0"];
    return formatResolvConf({ ...settings, servers: [resolverAddress], options });
  }

  /** The host's file, or that behind it which names the servers that a local stub asks. */
  #containersResolvConf(): ResolverSettings {
    const own = parseResolvConf(readIfThere(this.#resolvConfPath));
    const isStub = own.servers.length > 0 && own.servers.every(isLoopbackServer);
    return isStub && existsSync(upstreamFile) ? parseResolvConf(readIfThere(upstreamFile)) : own;
  }
}

function familiesOf(endpoints: readonly Endpoint[]): number[] {
  return endpoints.some(({ ipv6 }) => ipv6 !== undefined) ? [4, 6] : [4];
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
