import { expect, test } from "bun:test";
import { formatHosts, parseExtraHost, replaceHostsEntry } from "./hosts-file.ts";

test("a container's own entries follow the standard ones", () => {
  const text = formatHosts([{ address: "10.0.0.1", names: ["db"] }, { address: "172.17.0.2", names: ["web.example", "web"] }]);
  expect(text).toStartWith("127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\n");
  expect(text).toEndWith("\n10.0.0.1\tdb\n172.17.0.2\tweb.example web\n");
});

test("on the host's network the host's file is kept", () => {
  expect(formatHosts([{ address: "10.0.0.1", names: ["db"] }], "127.0.0.1 localhost me\n\n")).toBe("127.0.0.1 localhost me\n10.0.0.1\tdb\n");
});

test("extra hosts: both families, both separators, the host's gateway", () => {
  expect(parseExtraHost("db:10.0.0.1", undefined)).toEqual({ address: "10.0.0.1", names: ["db"] });
  expect(parseExtraHost("db:fd00::1", undefined)).toEqual({ address: "fd00::1", names: ["db"] });
  expect(parseExtraHost("db=[fd00::1]", undefined)).toEqual({ address: "fd00::1", names: ["db"] });
  expect(parseExtraHost("me:host-gateway", "172.17.0.1")).toEqual({ address: "172.17.0.1", names: ["me"] });
  for (const wrong of ["db", "db:", ":10.0.0.1", "db:10.0.0.300", "a b:10.0.0.1"]) expect(() => parseExtraHost(wrong, undefined)).toThrow();
  expect(() => parseExtraHost("me:host-gateway", undefined)).toThrow("host-gateway");
});

test("replaceHostsEntry: the entry of these names has another address, of its own family; the rest is left as it is", () => {
  const text = "127.0.0.1\tlocalhost\n172.17.0.2\tdb 1234 store\nfd00::2\tdb 1234 store\n# mine\n172.17.0.3\tdb\n";
  const entry = { address: "172.17.0.9", names: ["db", "1234", "store"] };
  expect(replaceHostsEntry(text, entry)).toBe(text.replace("172.17.0.2", "172.17.0.9"));
  expect(replaceHostsEntry("127.0.0.1 localhost", entry)).toBe("127.0.0.1 localhost\n172.17.0.9\tdb 1234 store\n");
});
