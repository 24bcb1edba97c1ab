import { expect, test } from "bun:test";
import { parseIpAddress, parseIpPrefix } from "../../base/index.ts";
import { removalText, rulesetText } from "./ruleset.ts";

const bridge = { name: "wharf0", subnets: [parseIpPrefix("172.17.0.0/16").network, parseIpPrefix("fd00::/64").network] };

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

test("no table but the engine's own is named", () => {
  const text = rulesetText({ table: "wharf-x", bridges: [bridge], ports: [] }) + removalText("wharf-x");
  for (const match of text.matchAll(/table (\w+) (\S+)/g)) expect(match[2]).toBe("wharf-x");
  expect(text).not.toContain("flush");
});
