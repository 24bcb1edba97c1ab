import { isIP } from "node:net";
import { expect, test } from "bun:test";
import {
  addressInNetwork,
  formatIpAddress,
  formatIpNetwork,
  ipFamily,
  ipAddressBytes,
  ipAddressFromBytes,
  networkContains,
  networksOverlap,
  parseIpAddress,
  parseIpPrefix,
} from "./ip-address.ts";

test("an address is written in its shortest form", () => {
  const forms: Readonly<Record<string, string>> = {
    "172.17.0.2": "172.17.0.2",
    "0.0.0.0": "0.0.0.0",
    "::": "::",
    "::1": "::1",
    "fe80::": "fe80::",
    "2001:DB8:0:0:1:0:0:1": "2001:db8::1:0:0:1",
    "fd00:0:0:1:2:3:4:5": "fd00::1:2:3:4:5",
    "1:0:3:4:5:6:7:8": "1:0:3:4:5:6:7:8",
    "::ffff:10.1.2.3": "::ffff:10.1.2.3",
    "64:ff9b::192.0.2.33": "64:ff9b::c000:221",
  };
  for (const [text, shortest] of Object.entries(forms)) expect(formatIpAddress(parseIpAddress(text))).toBe(shortest);
});

test("bytes and text say the same", () => {
  for (const text of ["255.255.255.255", "10.0.0.1", "fd12:3456:789a:1::ff", "::"]) {
    expect(formatIpAddress(ipAddressFromBytes(ipAddressBytes(parseIpAddress(text))))).toBe(text);
  }
  expect([...ipAddressBytes(parseIpAddress("172.17.0.2"))]).toEqual([172, 17, 0, 2]);
});

test("what is no address is refused", () => {
  for (const text of ["", "1.2.3", "256.1.1.1", "1.2.3.4/8", "fe80::1%eth0", ":::", "x"]) {
    expect(() => parseIpAddress(text)).toThrow("invalid IP address");
  }
  for (const text of ["10.0.0.1", "10.0.0.1/33", "fd00::/129", "/8", "10.0.0.0/", "10.0.0.0/8/8"]) {
    expect(() => parseIpPrefix(text)).toThrow("invalid CIDR address");
  }
});

test("a prefix keeps its address and names its network", () => {
  const { address, network } = parseIpPrefix("172.17.42.1/16");
  expect(formatIpAddress(address)).toBe("172.17.42.1");
  expect(formatIpNetwork(network)).toBe("172.17.0.0/16");
  expect(formatIpAddress(addressInNetwork(network, 258n))).toBe("172.17.1.2");
  expect(formatIpNetwork(parseIpPrefix("0.0.0.0/0").network)).toBe("0.0.0.0/0");
});

test("overlap is containment one way or the other, within a family", () => {
  const network = (text: string) => parseIpPrefix(text).network;
  expect(networksOverlap(network("10.0.0.0/8"), network("10.3.0.0/16"))).toBe(true);
  expect(networksOverlap(network("10.3.0.0/16"), network("10.0.0.0/8"))).toBe(true);
  expect(networksOverlap(network("10.3.0.0/16"), network("10.4.0.0/16"))).toBe(false);
  expect(networksOverlap(network("0.0.0.0/0"), network("fd00::/8"))).toBe(false);
  expect(networkContains(network("fd00::/64"), parseIpAddress("fd00::1"))).toBe(true);
  expect(networkContains(network("fd00::/64"), parseIpAddress("fd00:0:0:1::1"))).toBe(false);
});

test("ipFamily: agrees with the platform on what is an address", () => {
  const texts = ["1.2.3.4", "01.2.3.4", "256.1.1.1", "1.2.3", "1.2.3.4.5", "", ":", "::", ":::", "::1", "1::", "1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:8:9",
    "::ffff:1.2.3.4", "1.2.3.4::", "::1.2.3.4:5", "1:2:3:4:5:6:1.2.3.4", "1:2:3:4:5:6:7:1.2.3.4", "fe80::12345", "g::", "1::2::3", ":1:2:3:4:5:6:7", "1:2:3:4:5:6:7:", "::1.2.3.256", " ::1", "1"];
  for (const text of texts) expect([text, ipFamily(text) ?? 0]).toEqual([text, isIP(text)]);
});
