import { expect, test } from "bun:test";
import { parseInterfaceCounts, readInterfaceCounts } from "./interface-counts.ts";

test("parseInterfaceCounts: names and counts of each interface", () => {
  const table = `Inter-|   Receive                                                |  Transmit
 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
    lo:     100       1    0    0    0     0          0         0      100       1    0    0    0     0       0          0
eth0:1:12345678      20    3    4    0     0          0         0      777       9    5    6    0     0       0          0
`;
  const none = { bytes: 100, packets: 1, errors: 0, dropped: 0 };
  expect(parseInterfaceCounts(table)).toEqual([
    { name: "lo", received: none, sent: none },
    { name: "eth0:1", received: { bytes: 12_345_678, packets: 20, errors: 3, dropped: 4 }, sent: { bytes: 777, packets: 9, errors: 5, dropped: 6 } },
  ]);
});

test("readInterfaceCounts: this process has a loopback, one that is gone has nothing", () => {
  expect(readInterfaceCounts(process.pid).map(({ name }) => name)).toContain("lo");
  expect(readInterfaceCounts(0x3fff_ffff)).toEqual([]);
});
