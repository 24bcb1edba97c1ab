import { expect, test } from "bun:test";
import { parseIpAddress } from "../../base/index.ts";
import { describeReach, type ReachFacts } from "./port-reach.ts";

const facts: ReachFacts = {
  target: { protocol: "tcp", hostPort: 8080, address: parseIpAddress("172.17.0.2"), containerPort: 80 }, table: "wharf-w0", isInForce: true, isHeld: true,
  addresses: [{ address: parseIpAddress("192.0.2.5"), link: "eth0" }, { address: parseIpAddress("172.17.0.1"), link: "w0" }, { address: parseIpAddress("fd00::5"), link: "eth0" }],
  networks: ["bridge", "back"], obstacles: ["the chain FORWARD of ip filter"],
};
const port = { containerPort: 80, protocol: "tcp", hostPort: 8080 } as const;

test("describeReach: a port on every address", () => {
  expect(describeReach({ ...port, hostAddress: "0.0.0.0" }, facts)).toEqual({
    IP: "0.0.0.0", PrivatePort: 80, PublicPort: 8080, Type: "tcp", Target: "172.17.0.2:80", IsInForce: true, IsHeld: true,
    Rule: "table inet wharf-w0, map ports4_any, element tcp . 8080 : 172.17.0.2 . 80",
    From: [
      "this machine, on 127.0.0.1, 192.0.2.5 (eth0), 172.17.0.1 (w0)", "other machines that reach 192.0.2.5 (eth0), 172.17.0.1 (w0)",
      "containers on bridge, back, through the same addresses",
    ],
    Obstacles: facts.obstacles,
  });
});

test("describeReach: on one address, on the loopback, and without its rule", () => {
  expect(describeReach({ ...port, hostAddress: "192.0.2.5" }, facts).From).toEqual([
    "this machine, on 192.0.2.5", "other machines that reach 192.0.2.5 (eth0)", "containers on bridge, back, through the same addresses",
  ]);
  expect(describeReach({ ...port, hostAddress: "127.0.0.1" }, facts)).toMatchObject({ From: ["this machine, on 127.0.0.1"], Obstacles: [] });
  expect(describeReach({ ...port, hostAddress: "::" }, facts).From[0]).toBe("this machine, on ::1, fd00::5 (eth0)");
  expect(describeReach({ ...port, hostAddress: "0.0.0.0" }, { ...facts, isInForce: false }).From).toEqual([]);
  const { table, isHeld, addresses, networks, obstacles } = facts;
  expect(describeReach({ ...port, hostAddress: "::" }, { table, isHeld, addresses, networks, obstacles, isInForce: false })).toMatchObject({ Target: "", Rule: "", From: [] });
});
