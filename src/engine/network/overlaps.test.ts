import { expect, test } from "bun:test";
import { parseIpAddress, parseIpPrefix } from "../../base/index.ts";
import type { HostNetworks } from "./host-networks.ts";
import { findOverlaps } from "./overlaps.ts";

const link = (index: number, name: string) => ({ index, name, isUp: true, mtu: 1500, kind: "" });
const route = (destination: string, linkIndex: number) => ({ destination: parseIpPrefix(destination).network, linkIndex, table: 254, isLocal: false });
const subnet = (text: string) => ({ network: parseIpPrefix(text).network, gateway: parseIpPrefix(text).address, reserved: {} });

test("findOverlaps: routes and addresses of others, not those of the network itself, and not the way out", () => {
  const host: HostNetworks = {
    links: [link(1, "lo"), link(2, "br0"), link(3, "tun0")],
    addresses: [{ linkIndex: 2, address: parseIpAddress("172.18.0.1"), prefixLength: 16 }, { linkIndex: 3, address: parseIpAddress("172.18.5.1"), prefixLength: 24 }],
    routes: [route("0.0.0.0/0", 3), route("172.18.0.0/16", 2), route("172.16.0.0/12", 3), route("10.0.0.0/8", 3), route("172.18.5.0/24", 3)],
  };
  expect(findOverlaps({ bridge: "br0", subnets: [subnet("172.18.0.1/16")] }, host)).toEqual([
    "the subnet 172.18.0.0/16 overlaps 172.16.0.0/12 on tun0", "the subnet 172.18.0.0/16 overlaps 172.18.5.0/24 on tun0",
  ]);
  expect(findOverlaps({ bridge: "br1", subnets: [subnet("192.168.0.1/20")] }, host)).toEqual([]);
  expect(findOverlaps({ bridge: "tun0", subnets: [subnet("10.0.0.1/24")], macvlan: { mode: "bridge" } }, host)).toEqual([]);
});
