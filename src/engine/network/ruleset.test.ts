import { expect, test } from "bun:test";
import { parseIpAddress, parseIpPrefix } from "../../base/index.ts";
import { addBridgeText, removalText, removeBridgeText, rulesetText } from "./ruleset.ts";
import type { FirewallBridge } from "./ruleset.ts";

const subnets = ["172.17.0.1/16", "fd00::1/64"].map((text) => {
  const { address, network } = parseIpPrefix(text);
  return { network, gateway: address, reserved: {} };
});
const bridge: FirewallBridge = { bridge: "wharf0", subnets, internal: false, interContainer: true, masquerade: true };

test("the table is replaced as a whole, ports and bridges in it", () => {
  const text = rulesetText({
    table: "wharf-wharf0",
    bridges: [bridge],
    ports: [
      { protocol: "tcp", hostPort: 8080, address: parseIpAddress("172.17.0.2"), containerPort: 80 },
      { protocol: "udp", hostAddress: parseIpAddress("127.0.0.1"), hostPort: 53, address: parseIpAddress("172.17.0.3"), containerPort: 5353 },
      { protocol: "tcp", hostPort: 8080, address: parseIpAddress("fd00::2"), containerPort: 80 },
    ],
  });
  const lines = text.split("\n").map((line) => line.trim());
  expect(lines.slice(0, 5)).toEqual([
    "table inet wharf-wharf0", "delete table inet wharf-wharf0", "table netdev wharf-wharf0", "delete table netdev wharf-wharf0",
    "table inet wharf-wharf0 {",
  ]);
  const after = (head: string) => lines.slice(lines.indexOf(head) + 1, lines.indexOf("}", lines.indexOf(head)));
  expect(after("set subnets4 {")).toEqual(["type ipv4_addr", "flags interval", "elements = { 172.17.0.0/16 }"]);
  expect(after("set subnets6 {").at(-1)).toBe("elements = { fd00::/64 }");
  expect(after("map ports4_any {").at(-1)).toBe("elements = { tcp . 8080 : 172.17.0.2 . 80 }");
  expect(after("map ports4 {").at(-1)).toBe("elements = { udp . 127.0.0.1 . 53 : 172.17.0.3 . 5353 }");
  expect(after("map ports6_any {").at(-1)).toBe("elements = { tcp . 8080 : fd00::2 . 80 }");
  expect(after("map ports6 {")).toEqual(["type inet_proto . ipv6_addr . inet_service : ipv6_addr . inet_service"]);
  expect(after("chain guard {")).toEqual([
    "type filter hook prerouting priority raw; policy accept;",
    "iifname @bridges ip daddr 127.0.0.0/8 drop",
    "iifname @bridges ip6 daddr ::1 drop",
  ]);
});

test("one more bridge is elements and a chain, and goes as it came", () => {
  const closed: FirewallBridge = { bridge: "br-x.1", subnets: subnets.slice(0, 1), internal: true, interContainer: false, masquerade: true };
  expect(addBridgeText("wharf-x", closed).split("\n").slice(0, 3)).toEqual([
    'add element inet wharf-x bridges { "br-x.1" }',
    'add element inet wharf-x internal { "br-x.1" }',
    "add element inet wharf-x subnets4 { 172.17.0.0/16 }",
  ]);
  expect(addBridgeText("wharf-x", closed)).toContain('chain loopback_reply_br_45_x_46_1 {\n    type filter hook ingress device "br-x.1"');
  expect(removeBridgeText("wharf-x", bridge).trim().split("\n")).toEqual([
    'delete element inet wharf-x bridges { "wharf0" }',
    'delete element inet wharf-x same_bridge { "wharf0" . "wharf0" }',
    "delete element inet wharf-x subnets4 { 172.17.0.0/16 }",
    "delete element inet wharf-x masquerade4 { 172.17.0.0/16 }",
    "delete element inet wharf-x subnets6 { fd00::/64 }",
    "delete element inet wharf-x masquerade6 { fd00::/64 }",
    "delete chain netdev wharf-x loopback_reply_wharf0",
  ]);
});

test("no table but the engine's own is named", () => {
  const text = rulesetText({ table: "wharf-x", bridges: [bridge], ports: [] }) + removalText("wharf-x");
  for (const match of text.matchAll(/table (\w+) (\S+)/g)) expect(match[2]).toBe("wharf-x");
  expect(text).not.toContain("flush");
});
