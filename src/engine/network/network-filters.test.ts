import { expect, test } from "bun:test";
import type { Network } from "../../api/types/index.ts";
import { isPrunable, passesFilters } from "./network-filters.ts";

const now = new Date("2026-01-02T12:00:00Z");

function network(wishes: Partial<Network>): Network {
  return {
    Name: "backend", Id: "abc123", Created: "2026-01-02T10:00:00Z", Scope: "local", Driver: "bridge", EnableIPv4: true, EnableIPv6: false,
    IPAM: { Driver: "default", Options: null, Config: null }, Internal: false, Attachable: false, Ingress: false, ConfigFrom: { Network: "" },
    ConfigOnly: false, Containers: {}, Options: {}, Labels: { tier: "db" }, ...wishes,
  };
}

const occupied = network({
  Containers: { x: { Name: "x", EndpointID: "", MacAddress: "", IPv4Address: "", IPv6Address: "" } },
});

test("filters: parts of names, beginnings of ids, labels with and without a value, kinds", () => {
  const passes = (name: Parameters<typeof passesFilters>[1] extends ReadonlyMap<infer Name, unknown> ? Name : never, ...values: string[]): boolean =>
    passesFilters(network({}), new Map([[name, values]]));
  expect([passes("name", "ack"), passes("name", "front"), passes("name", "front", "back")]).toEqual([true, false, true]);
  expect([passes("id", "abc"), passes("id", "bc")]).toEqual([true, false]);
  expect([passes("label", "tier"), passes("label", "tier=db"), passes("label", "tier=web"), passes("label", "tier", "other")]).toEqual([true, true, false, false]);
  expect([passes("type", "custom"), passes("type", "builtin"), passes("driver", "host"), passes("scope", "local")]).toEqual([true, false, false, true]);
  expect([passes("dangling", "true"), passes("dangling", "0")]).toEqual([true, false]);
  expect(passesFilters(occupied, new Map([["dangling", ["true"]]]))).toBe(false);
  expect(() => passes("type", "other")).toThrow("invalid filter: 'type'='other'");
  expect(() => passes("dangling", "perhaps")).toThrow("invalid filter");
});

test("prune takes what nobody is on, and what the filters let it", () => {
  const prunable = (filters: Parameters<typeof isPrunable>[1], of = network({})): boolean => isPrunable(of, filters, now);
  expect(prunable(new Map())).toBe(true);
  expect(prunable(new Map(), occupied)).toBe(false);
  expect(prunable(new Map(), network({ Name: "bridge" }))).toBe(false);
  expect([prunable(new Map([["label", ["tier=db"]]])), prunable(new Map([["label!", ["tier"]]]))]).toEqual([true, false]);
  expect(["1h", "3h", "2026-01-02T09:00:00Z", "2026-01-02T11:00:00Z", "1767355200"].map((until) => prunable(new Map([["until", [until]]]))))
    .toEqual([true, false, false, true, true]);
});
