import type { PortReach } from "../../api/types/index.ts";
import type { NetlinkSocket } from "../../host/netlink/index.ts";
import { isLinkLocal } from "./bridge-link.ts";
import type { BridgeNetwork } from "./bridge-network.ts";
import type { Sandbox } from "./contract.ts";
import type { Firewall } from "./firewall.ts";
import { readHostNetworks } from "./host-networks.ts";
import type { PortLedger } from "./port-ledger.ts";
import { describeReach } from "./port-reach.ts";
import { targetsOf } from "./port-targets.ts";

export interface ReachParts {
  readonly socket: NetlinkSocket;
  readonly firewall: Firewall;
  readonly ports: PortLedger;
  readonly networks: readonly BridgeNetwork[];
}

const loopbackIndex = 1;

/** Who reaches each published port of a container, as the kernel has it now. */
export function portReach(sandbox: Sandbox | undefined, { socket, firewall, ports, networks }: ReachParts): PortReach[] {
  if (sandbox === undefined || sandbox.ports.length === 0) return [];
  const { links, addresses } = readHostNetworks(socket);
  const names = new Map(links.map(({ index, name }) => [index, name]));
  const mine = addresses.filter(({ address, linkIndex }) => linkIndex !== loopbackIndex && !isLinkLocal(address))
    .map(({ address, linkIndex }) => ({ address, link: names.get(linkIndex) ?? "" }));
  const open = networks.filter(({ definition }) => !definition.internal).map(({ name }) => name);
  const obstacles = firewall.foreignObstacles().map(({ family, table, name }) => `the chain ${name} of the firewall table ${family} ${table} drops what it does not know`);
  return sandbox.ports.map((port) => {
    const [target] = targetsOf({ endpoints: sandbox.endpoints, ports: [port] });
    return describeReach(port, {
      ...(target === undefined ? {} : { target }), table: firewall.table, isInForce: target !== undefined && firewall.leads(target),
      isHeld: port.hostPort === 0 || ports.holds(sandbox.containerId, port), addresses: mine, networks: open, obstacles,
    });
  });
}
