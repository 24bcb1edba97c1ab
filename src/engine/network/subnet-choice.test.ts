import { expect, test } from "bun:test";
import { formatIpNetwork, networksOverlap, parseIpPrefix } from "../../base/index.ts";
import type { IpNetwork } from "../../base/index.ts";
import { chooseSubnet, chooseSubnet6 } from "./subnet-choice.ts";

const networks = (...texts: string[]): IpNetwork[] => texts.map((text) => parseIpPrefix(text).network);

test("the first subnet that nothing on the host overlaps", () => {
  expect(formatIpNetwork(chooseSubnet([]))).toBe("172.17.0.0/16");
  expect(formatIpNetwork(chooseSubnet(networks("172.17.0.0/16")))).toBe("172.18.0.0/16");
  expect(formatIpNetwork(chooseSubnet(networks("172.16.0.0/12")))).toBe("192.168.0.0/20");
  expect(formatIpNetwork(chooseSubnet(networks("172.16.0.0/12", "192.168.3.0/24")))).toBe("192.168.16.0/20");
  expect(() => chooseSubnet(networks("0.0.0.0/1", "128.0.0.0/1"))).toThrow("non-overlapping IPv4 address pool");
});

test("there is room for more than a thousand, none overlapping another", () => {
  const used: IpNetwork[] = [];
  for (let count = 0; count < 1000; count++) {
    const subnet = chooseSubnet(used);
    used.push(subnet);
  }
  for (const [index, subnet] of used.entries()) {
    expect(used.slice(index + 1).some((network) => networksOverlap(network, subnet))).toBe(false);
  }
});

test("an IPv6 subnet is the machine's own and stays the same", () => {
  const subnet = chooseSubnet6("machine/wharf0", []);
  expect(formatIpNetwork(subnet)).toMatch(/^fd[0-9a-f:]+::\/64$/);
  expect(chooseSubnet6("machine/wharf0", [])).toEqual(subnet);
  expect(chooseSubnet6("machine/wharf1", [])).not.toEqual(subnet);
  expect(chooseSubnet6("machine/wharf0", [subnet])).not.toEqual(subnet);
});
