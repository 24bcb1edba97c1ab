import { ipAddressBytes, parseIpAddress } from "../../base/index.ts";
import type { IpAddress } from "../../base/index.ts";
import { addChain, addRule, addTable, deleteTable, hostOrder } from "../../host/nftables/index.ts";
import type { ChainName, Expression } from "../../host/nftables/index.ts";
import type { NetlinkRequest } from "../../host/netlink/index.ts";
import { protocolNumbers } from "./port-map.ts";

/** What a container on a user-defined network has in its resolv.conf, and what programs are told to ask (nginx, "resolver 127.0.0.11"). */
export const resolverAddress = "127.0.0.11";

const table = { family: "ipv4", table: "wharf" } as const;
const asking: ChainName = { ...table, chain: "asking" };
const leaving: ChainName = { ...table, chain: "leaving" };
const arriving: ChainName = { ...table, chain: "arriving" };
const dnsPort = Uint8Array.of(0, 53);
const loopbackNetwork = Uint8Array.of(127);
const loopbackIndex = 1;

/** Offsets in the headers of IPv4 and of tcp and udp. */
const destinationAddress = { base: "network", offset: 16 } as const;
const destinationPort = { base: "transport", offset: 2 } as const;

/**
 * One transaction for a table in a container's namespace, in place of what was there: what is asked of 127.0.0.11 goes
 * to the engine's server on the gateway. Nothing listens in the container, so that it can have a name server of its own.
 */
export function resolverRequests(server: { readonly address: IpAddress; readonly port: number }): NetlinkRequest[] {
  const turned = (transport: number): readonly Expression[] => [
    { kind: "payload", place: destinationAddress, value: ipAddressBytes(parseIpAddress(resolverAddress)) },
    { kind: "meta", key: "transport", comparison: "is", value: Uint8Array.of(transport) },
    { kind: "payload", place: destinationPort, value: dnsPort },
    { kind: "destination", ...server },
  ];
  return [
    addTable(table),
    deleteTable(table),
    addTable(table),
    addChain({ ...asking, type: "nat", hook: "output", priority: -100 }),
    addRule(asking, turned(protocolNumbers.udp)),
    addRule(asking, turned(protocolNumbers.tcp)),
    addChain({ ...leaving, type: "nat", hook: "postrouting", priority: 100 }),
    addRule(leaving, [{ kind: "payload", place: destinationAddress, value: ipAddressBytes(server.address) }, { kind: "masquerade" }]),
    // The setting that lets questions to a loopback address leave would let neighbours reach the container's loopback.
    addChain({ ...arriving, type: "filter", hook: "prerouting", priority: -300 }),
    addRule(arriving, [
      { kind: "meta", key: "incomingLink", comparison: "isNot", value: hostOrder(loopbackIndex) },
      { kind: "payload", place: destinationAddress, value: loopbackNetwork },
      { kind: "drop" },
    ]),
  ];
}

/** The setting of the namespace without which the rules above come to nothing. */
export const resolverSetting = { name: "ipv4/conf/all/route_localnet", value: "1" } as const;
