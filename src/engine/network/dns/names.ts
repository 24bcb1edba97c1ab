import { formatIpAddress, ipAddressFromBytes, parseIpAddress } from "../../../base/index.ts";
import type { IpFamily } from "../../../base/index.ts";

/** A container on one network, as names are concerned. */
export interface NamedEndpoint {
  readonly containerId: string;
  readonly containerName: string;
  readonly networkName: string;
  readonly addresses: ReadonlyMap<IpFamily, string>;
  /** What everybody on the network calls it: name, short id, hostname, aliases; in lower case. */
  readonly names: ReadonlySet<string>;
}

/** What one container sees of its networks. */
export interface NameView {
  /** Of every network that the container is on, itself among them. */
  readonly endpoints: readonly NamedEndpoint[];
  /** Names that only this container has for others (`--link`), to their ids; in lower case. */
  readonly links: ReadonlyMap<string, string>;
}

/**
 * Addresses of a name in a family; undefined when nobody is called so. A name may be followed by that of its network.
 * Several containers of one name are all given.
 */
export function lookUp(view: NameView, name: string, family: IpFamily): string[] | undefined {
  const wanted = name.toLowerCase().replace(/\.$/, "");
  const linked = view.links.get(wanted);
  const found = view.endpoints.filter((endpoint) => endpoint.containerId === linked || isCalled(endpoint, wanted));
  if (found.length === 0) return undefined;
  return [...new Set(found.map(({ addresses }) => addresses.get(family)).filter((address) => address !== undefined))];
}

/** The name behind an address, as "name.network"; undefined when it is nobody's on the container's networks. */
export function lookUpAddress(view: NameView, address: string): string | undefined {
  const found = view.endpoints.find(({ addresses }) => [...addresses.values()].includes(address));
  return found === undefined ? undefined : `${found.containerName}.${found.networkName}`;
}

/** The address that a name below in-addr.arpa or ip6.arpa stands for; undefined when it is no such name. */
export function reverseAddress(name: string): string | undefined {
  const wanted = name.toLowerCase().replace(/\.$/, "");
  const v4 = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.in-addr\.arpa$/.exec(wanted);
  if (v4 !== null) return v4.slice(1).every((part) => Number(part) < 256) ? formatIpAddress(parseIpAddress(v4.slice(1).toReversed().map(Number).join("."))) : undefined;
  const v6 = /^((?:[0-9a-f]\.){32})ip6\.arpa$/.exec(wanted);
  if (v6?.[1] === undefined) return undefined;
  return formatIpAddress(ipAddressFromBytes(Buffer.from(v6[1].replaceAll(".", "").split("").toReversed().join(""), "hex")));
}

function isCalled({ names, networkName }: NamedEndpoint, wanted: string): boolean {
  const suffix = `.${networkName.toLowerCase()}`;
  return names.has(wanted) || (wanted.endsWith(suffix) && names.has(wanted.slice(0, -suffix.length)));
}
