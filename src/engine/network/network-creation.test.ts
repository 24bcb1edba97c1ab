import { expect, test } from "bun:test";
import type { NetworkCreateBody } from "../../api/types/index.ts";
import { formatIpAddress, formatIpNetwork, parseIpPrefix } from "../../base/index.ts";
import { defineNetwork } from "./network-creation.ts";
import { decodeDefinition, encodeDefinition } from "./network-definition.ts";
import type { NetworkDefinition } from "./network-definition.ts";

const plain: NetworkCreateBody = {
  Name: "backend", Driver: "bridge", Scope: "", Internal: false, Attachable: false, Ingress: false, ConfigOnly: false, Options: null, Labels: null,
};
const context = { existing: [] as NetworkDefinition[], inUse: [parseIpPrefix("172.17.0.0/16").network], machine: "this one" };

function define(wishes: Partial<NetworkCreateBody>, existing: readonly NetworkDefinition[] = []): NetworkDefinition {
  return defineNetwork({ ...plain, ...wishes }, { ...context, existing });
}

function subnets({ subnets: list }: NetworkDefinition): string[] {
  return list.map(({ network, gateway }) => `${formatIpNetwork(network)} ${formatIpAddress(gateway)}`);
}

function ipam(...Config: NonNullable<NetworkCreateBody["IPAM"]>["Config"] & object): Partial<NetworkCreateBody> {
  return { IPAM: { Driver: "default", Options: null, Config } };
}

test("a network that asks for nothing gets the next free subnet and a bridge of its own", () => {
  const network = define({});
  expect(subnets(network)).toEqual(["172.18.0.0/16 172.18.0.1"]);
  expect(network.bridge).toBe(`br-${network.id.slice(0, 12)}`);
  expect(network).toMatchObject({ internal: false, interContainer: true, masquerade: true });
  expect(subnets(define({ Name: "frontend" }, [network]))).toEqual(["172.19.0.0/16 172.19.0.1"]);
});

test("subnet, gateway, range and reserved addresses, in both families", () => {
  const network = define({
    EnableIPv6: true,
    ...ipam({ Subnet: "10.5.0.0/24", Gateway: "10.5.0.254", IPRange: "10.5.0.128/25", AuxiliaryAddresses: { router: "10.5.0.2" } }, { Subnet: "fd00:5::/64" }),
  });
  expect(subnets(network)).toEqual(["10.5.0.0/24 10.5.0.254", "fd00:5::/64 fd00:5::1"]);
  expect(network.subnets[0]?.reserved).toEqual({ router: "10.5.0.2" });
  expect(decodeDefinition(JSON.parse(JSON.stringify(encodeDefinition(network))))).toEqual(network);
  expect(subnets(define({ EnableIPv6: true }))[1]).toMatch(/^fd[0-9a-f:]+::\/64 fd[0-9a-f:]+::1$/);
  expect(subnets(define({ EnableIPv4: false, EnableIPv6: true }))).toHaveLength(1);
});

test("docker's options", () => {
  const network = define({
    Internal: true,
    Options: {
      "com.docker.network.bridge.name": "mine", "com.docker.network.bridge.enable_icc": "false", "com.docker.network.driver.mtu": "1400",
      "com.docker.network.bridge.enable_ip_masquerade": "false", "com.docker.network.bridge.host_binding_ipv4": "127.0.0.1", other: "x",
    },
  });
  expect(network).toMatchObject({ bridge: "mine", interContainer: false, masquerade: false, mtu: 1400, hostBinding: "127.0.0.1", internal: true });
});

test("what cannot be is refused with its reason", () => {
  const existing = [define({ Name: "there", ...ipam({ Subnet: "10.5.0.0/16" }) })];
  const refusals: readonly (readonly [Partial<NetworkCreateBody>, string])[] = [
    [{ Name: "there" }, "network with name there already exists"],
    [{ Name: "bridge" }, "operation is not permitted on predefined bridge network"],
    [{ Name: "a/b" }, "invalid network name"],
    [{ Name: " a" }, "invalid network name"],
    [{ Name: "" }, "invalid network name"],
    [{ Driver: "host" }, 'only one instance of "host" network is allowed'],
    [{ Driver: "nosuch" }, "could not find plugin nosuch"],
    [{ Driver: "ipvlan" }, "not supported yet"],
    [{ Driver: "macvlan" }, "without a parent"],
    [{ Driver: "macvlan", Options: { parent: "eth0", macvlan_mode: "x" } }, "requested macvlan mode 'x' is not valid"],
    [ipam({ Subnet: "10.5.3.0/24" }), "Pool overlaps with other one on this address space"],
    [ipam({ Subnet: "10.6.0.0/24", Gateway: "10.7.0.1" }), "no matching subnet for gateway 10.7.0.1"],
    [ipam({ Gateway: "10.7.0.1" }), "no matching subnet for gateway 10.7.0.1"],
    [ipam({ Subnet: "10.6.0.0/24", IPRange: "10.6.0.0/16" }), "no matching subnet for range"],
    [ipam({ Subnet: "10.6.0.0/24", AuxiliaryAddresses: { a: "10.7.0.1" } }), "no matching subnet for aux-address"],
    [ipam({ Subnet: "10.6.0.0/31" }), "no room"],
    [ipam({ Subnet: "10.6.0.0/24" }, { Subnet: "10.7.0.0/24" }), "bridge driver doesn't support multiple subnets"],
    [{ ...ipam({ Subnet: "fd00::/64" }), EnableIPv6: false }, "enable IPv6"],
    [{ EnableIPv4: false }, "IPv4 or IPv6 must be enabled"],
    [{ Options: { "com.docker.network.driver.mtu": "big" } }, "no size of a packet"],
    [{ Options: { "com.docker.network.bridge.name": "far-too-long-a-name" } }, "invalid bridge name"],
    [{ Options: { "com.docker.network.bridge.gateway_mode_ipv4": "isolated" } }, "can only be used for an internal network"],
    [{ Options: { "com.docker.network.bridge.gateway_mode_ipv6": "other" } }, "unknown gateway mode other"],
    [{ Options: { "com.docker.network.container_iface_prefix": "a b" } }, "no beginning of an interface's name"],
  ];
  for (const [wishes, reason] of refusals) expect(() => define(wishes, existing)).toThrow(reason);
});
