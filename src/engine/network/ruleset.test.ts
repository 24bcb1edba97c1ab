import { expect, test } from "bun:test";
import { parseIpAddress, parseIpPrefix } from "../../base/index.ts";
import { bridgeMemberships, describeMembership, loopbackReplyName } from "./bridge-sets.ts";
import type { FirewallBridge } from "./bridge-sets.ts";
import { removalText, rulesetText } from "./ruleset.ts";

const subnets = ["172.17.0.1/16", "fd00::1/64"].map((text) => {
  const { address, network } = parseIpPrefix(text);
  return { network, gateway: address, reserved: {} };
});
const bridge: FirewallBridge = { bridge: "wharf0", subnets, internal: false, interContainer: true, masquerade: true };

test("the table is replaced as a whole, ports and bridges in it", () => {
  const text = rulesetText({
    table: "wharf-wharf0",
    bridges: [bridge],
    endpoints: [{
      networkId: "n", networkName: "bridge", endpointId: "0123456789abcdef", interfaceName: "eth0", macAddress: "02:42:AC:11:00:02", request: {},
      ipv4: { address: "172.17.0.2", prefixLength: 16 }, ipv6: { address: "fd00::2", prefixLength: 64 },
    }],
    ports: [
      { protocol: "tcp", hostPort: 8080, address: parseIpAddress("172.17.0.2"), containerPort: 80 },
      { protocol: "udp", hostAddress: parseIpAddress("127.0.0.1"), hostPort: 53, address: parseIpAddress("172.17.0.3"), containerPort: 5353 },
      { protocol: "tcp", hostPort: 8080, address: parseIpAddress("fd00::2"), containerPort: 80 },
    ],
  });
  const lines = text.split("\n").map((line) => line.trim());
  expect(lines.slice(0, 7)).toEqual([
    "table inet wharf-wharf0", "delete table inet wharf-wharf0", "table netdev wharf-wharf0", "delete table netdev wharf-wharf0",
    "table bridge wharf-wharf0", "delete table bridge wharf-wharf0", "table inet wharf-wharf0 {",
  ]);
  const after = (head: string) => lines.slice(lines.indexOf(head) + 1, lines.indexOf("}", lines.indexOf(head)));
  expect(after("set subnets4 {")).toEqual(["type ipv4_addr", "flags interval", "elements = { 172.17.0.0/16 }"]);
  expect(after("set subnets6 {").at(-1)).toBe("elements = { fd00::/64 }");
  expect(after("map ports4_any {").at(-1)).toBe("elements = { tcp . 8080 : 172.17.0.2 . 80 }");
  expect(after("map ports4 {").at(-1)).toBe("elements = { udp . 127.0.0.1 . 53 : 172.17.0.3 . 5353 }");
  expect(after("map ports6_any {").at(-1)).toBe("elements = { tcp . 8080 : fd00::2 . 80 }");
  expect(after("map ports6 {")).toEqual(["type inet_proto . ipv6_addr . inet_service : ipv6_addr . inet_service"]);
  expect(after("set macs {").at(-1)).toBe("elements = { 02:42:ac:11:00:01, 02:42:ac:11:00:02 }");
  expect(after("set addresses4_by_port {").at(-1)).toBe('elements = { "veth0123456789" . 172.17.0.2 }');
  expect(after("set addresses6 {").at(-1)).toBe(`elements = { 0xfd${"0".repeat(29)}1, 0xfd${"0".repeat(29)}2 }`);
  expect(after("chain guard {")).toEqual([
    "type filter hook prerouting priority raw; policy accept;",
    "iifname @bridges ip daddr 127.0.0.0/8 drop",
    "iifname @bridges ip6 daddr ::1 drop",
  ]);
});

test("a bridge is in the sets that say what it may do", () => {
  const closed: FirewallBridge = { bridge: "br-x.1", subnets: subnets.slice(0, 1), internal: true, interContainer: false, masquerade: true };
  expect(bridgeMemberships(closed).map((member) => `${member.set} ${describeMembership(member)}`)).toEqual([
    'bridges "br-x.1"', 'internal "br-x.1"', "subnets4 172.17.0.0/16",
  ]);
  expect(bridgeMemberships(bridge).map((member) => `${member.set} ${describeMembership(member)}`)).toEqual([
    'bridges "wharf0"', 'same_bridge "wharf0" . "wharf0"',
    "subnets4 172.17.0.0/16", "masquerade4 172.17.0.0/16", "subnets6 fd00::/64", "masquerade6 fd00::/64",
  ]);
  expect(loopbackReplyName(closed)).toBe("loopback_reply_br_45_x_46_1");
});

test("no table but the engine's own is named", () => {
  const text = rulesetText({ table: "wharf-x", bridges: [bridge], ports: [], endpoints: [] }) + removalText("wharf-x");
  for (const match of text.matchAll(/table (\w+) (\S+)/g)) expect(match[2]).toBe("wharf-x");
  expect(text).not.toContain("flush");
});
