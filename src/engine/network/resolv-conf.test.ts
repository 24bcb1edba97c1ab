import { expect, test } from "bun:test";
import { formatResolvConf, isLoopbackServer, parseResolvConf, reachableServers, withDnsRequest } from "./resolv-conf.ts";

const host = parseResolvConf(`# made by hand
nameserver 10.0.0.53 ; the office
nameserver 127.0.0.53
nameserver fe80::1%eth0
nameserver not.an.address
domain old.example
search a.example b.example
options edns0 trust-ad
options ndots:2
sortlist 10.0.0.0
`);

test("servers, search domains and options are read, whatever else is there", () => {
  expect(host).toEqual({
    servers: ["10.0.0.53", "127.0.0.53", "fe80::1%eth0"],
    search: ["a.example", "b.example"],
    options: ["edns0", "trust-ad", "ndots:2"],
  });
});

test("what is written reads back", () => {
  expect(parseResolvConf(formatResolvConf(host))).toEqual(host);
  expect(formatResolvConf({ servers: ["1.1.1.1"], search: [], options: [] })).toBe("nameserver 1.1.1.1\n");
});

test("a request replaces setting by setting", () => {
  const changed = withDnsRequest(host, { servers: ["9.9.9.9"], search: ["."], options: [] });
  expect(changed).toEqual({ servers: ["9.9.9.9"], search: [], options: host.options });
});

test("resolvers of the host's loopback, of a link or of a missing family are out of a container's reach", () => {
  expect(["127.0.0.1", "127.0.0.53", "::1"].every(isLoopbackServer)).toBe(true);
  expect(reachableServers([...host.servers, "2001:db8::53"], [4])).toEqual(["10.0.0.53"]);
  expect(reachableServers([...host.servers, "2001:db8::53"], [4, 6])).toEqual(["10.0.0.53", "2001:db8::53"]);
});
