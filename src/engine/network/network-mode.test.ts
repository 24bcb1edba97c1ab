import { expect, test } from "bun:test";
import { parseNetworkMode } from "./network-mode.ts";

test("the default bridge has three spellings", () => {
  for (const text of ["", "default", "bridge"]) expect(parseNetworkMode(text)).toEqual({ kind: "network", name: "bridge" });
});

test("host, none, another container, a network of one's own", () => {
  expect(parseNetworkMode("host")).toEqual({ kind: "host" });
  expect(parseNetworkMode("none")).toEqual({ kind: "none" });
  expect(parseNetworkMode("container:db")).toEqual({ kind: "container", container: "db" });
  expect(parseNetworkMode("backend")).toEqual({ kind: "network", name: "backend" });
});

test("a container mode without a container is refused", () => {
  expect(() => parseNetworkMode("container:")).toThrow("invalid container format container:<name|id>");
});
