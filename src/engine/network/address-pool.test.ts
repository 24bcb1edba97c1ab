import { expect, test } from "bun:test";
import { formatIpAddress, networkContains, parseIpAddress, parseIpPrefix } from "../../base/index.ts";
import { AddressPool } from "./address-pool.ts";

function pool(text: string): AddressPool {
  return new AddressPool(parseIpPrefix(text).network);
}

test("the lowest free address is given, also after one came back", () => {
  const addresses = pool("172.17.0.0/16");
  addresses.claim(parseIpAddress("172.17.0.1"));
  expect([1, 2, 3].map(() => formatIpAddress(addresses.allocate()))).toEqual(["172.17.0.2", "172.17.0.3", "172.17.0.4"]);
  addresses.release(parseIpAddress("172.17.0.3"));
  expect(formatIpAddress(addresses.allocate())).toBe("172.17.0.3");
  expect(formatIpAddress(addresses.allocate())).toBe("172.17.0.5");
});

test("network and broadcast addresses stay unused, and the end is an error", () => {
  const addresses = pool("10.0.0.0/29");
  expect(Array.from({ length: 6 }, () => formatIpAddress(addresses.allocate()))).toEqual(
    ["10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.4", "10.0.0.5", "10.0.0.6"]);
  expect(() => addresses.allocate()).toThrow("no available IPv4 addresses on this network's address pools: 10.0.0.0/29");
  addresses.release(parseIpAddress("10.0.0.4"));
  expect(formatIpAddress(addresses.allocate())).toBe("10.0.0.4");
});

test("a claimed address is not given, not claimed twice, and has to lie inside", () => {
  const addresses = pool("fd00::/64");
  addresses.claim(parseIpAddress("fd00::2"));
  expect(() => { addresses.claim(parseIpAddress("fd00::2")); }).toThrow("Address already in use");
  expect(() => { addresses.claim(parseIpAddress("fd01::2")); }).toThrow("does not lie in the network fd00::/64");
  expect([1, 2].map(() => formatIpAddress(addresses.allocate()))).toEqual(["fd00::1", "fd00::3"]);
});

test("of a range inside the network only what lies in it is given, and anything may be claimed", () => {
  const addresses = new AddressPool(parseIpPrefix("10.0.0.0/24").network, parseIpPrefix("10.0.0.128/30").network);
  addresses.claim(parseIpAddress("10.0.0.5"));
  expect([1, 2, 3, 4].map(() => formatIpAddress(addresses.allocate()))).toEqual(["10.0.0.128", "10.0.0.129", "10.0.0.130", "10.0.0.131"]);
  expect(() => addresses.allocate()).toThrow("no available IPv4 addresses");
  addresses.release(parseIpAddress("10.0.0.5"));
  expect(() => addresses.allocate()).toThrow("no available IPv4 addresses");
  addresses.release(parseIpAddress("10.0.0.129"));
  expect(formatIpAddress(addresses.allocate())).toBe("10.0.0.129");
});

test("whatever comes and goes, no address is given twice and none is lost", () => {
  let seed = 20_261_127;
  const random = (below: number): number => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
    return (seed >>> 8) % below;
  };
  for (let round = 0; round < 50; round++) {
    const addresses = pool(`10.${round}.0.0/${24 + random(6)}`);
    const held = new Map<string, bigint>();
    const everSeen = new Set<string>();
    for (let step = 0; step < 400; step++) {
      const [some] = [...held.keys()].slice(random(Math.max(held.size, 1)));
      if (random(3) === 0 && some !== undefined) {
        held.delete(some);
        addresses.release(parseIpAddress(some));
        continue;
      }
      try {
        const address = addresses.allocate();
        expect(held.has(formatIpAddress(address))).toBe(false);
        expect(networkContains(addresses.network, address)).toBe(true);
        held.set(formatIpAddress(address), address.value);
        everSeen.add(formatIpAddress(address));
      } catch {
        expect(held.size).toBe(2 ** (32 - addresses.network.prefixLength) - 2);
      }
      expect(addresses.taken).toBe(held.size);
    }
    expect(everSeen.size).toBeGreaterThan(0);
  }
});
