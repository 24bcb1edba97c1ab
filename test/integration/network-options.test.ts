import { expect, test } from "bun:test";
import type { NetworkCreateBody } from "../../src/api/types/index.ts";
import { parsePublishedPorts } from "../../src/base/index.ts";
import type { Sandbox } from "../../src/engine/network/index.ts";
import { Poller } from "../../src/host/poll/index.ts";
import { NetworkWorld, enterPrivateNetwork, output, outsideMachine, refusal, request } from "./network-world.ts";

enterPrivateNetwork();
const patience = 120_000;

function body(Name: string, wishes: Partial<NetworkCreateBody> = {}): NetworkCreateBody {
  return {
    Name, Driver: "", Scope: "", Internal: false, Attachable: false, Ingress: false, ConfigOnly: false, Options: null, Labels: null, ...wishes,
  };
}

const on = (name: string) => ({ kind: "network", name }) as const;
const prefix = "com.docker.network";

async function inside({ netnsPath = "" }: Sandbox, script: string): Promise<string> {
  return (await output("nsenter", `--net=${netnsPath}`, "sh", "-c", `${script} 2>&1`)).trim();
}

test("gateway modes: a routed network is reached under its own addresses, through published ports alone; unprotected through all", async () => {
  await using world = new NetworkWorld();
  const { service } = await world.start();
  await service.create(body("routed", { EnableIPv6: true, Options: { [`${prefix}.bridge.gateway_mode_ipv4`]: "routed", [`${prefix}.bridge.gateway_mode_ipv6`]: "routed" } }));
  await service.create(body("mixed", { EnableIPv6: true, Options: { [`${prefix}.bridge.gateway_mode_ipv6`]: "routed" } }));
  await service.create(body("open", { Options: { [`${prefix}.bridge.gateway_mode_ipv4`]: "nat-unprotected" } }));
  const routed = await service.prepare(request("a", { mode: on("routed"), publish: parsePublishedPorts("7500:80") }));
  const mixed = await service.prepare(request("b", { mode: on("mixed"), publish: parsePublishedPorts("7501:80") }));
  const open = await service.prepare(request("c", { mode: on("open") }));
  for (const { netnsPath } of [routed, mixed, open]) for (const port of [80, 81]) await world.serve(netnsPath, port);
  const foreign = await outsideMachine(world);
  await world.serve(foreign, 90);
  const at = ({ endpoints: [endpoint] }: Sandbox) => ({ v4: endpoint?.ipv4?.address ?? "", v6: endpoint?.ipv6?.address ?? "" });
  expect(routed.ports).toEqual([{ containerPort: 80, protocol: "tcp", hostAddress: "0.0.0.0", hostPort: 0 }, { containerPort: 80, protocol: "tcp", hostAddress: "::", hostPort: 0 }]);
  const expected = {
    [`tcp/${at(routed).v4}/80`]: "tcp ::ffff:198.51.100.2", [`tcp/${at(routed).v4}/81`]: "timeout",
    [`tcp/${at(routed).v6}/80`]: "tcp fd99::2", [`tcp/${at(routed).v6}/81`]: "timeout", "tcp/198.51.100.1/7500": "refused",
    [`tcp/${at(mixed).v4}/80`]: "timeout", [`tcp/${at(mixed).v6}/80`]: "tcp fd99::2", "tcp/198.51.100.1/7501": "tcp ::ffff:198.51.100.2", "tcp/fd99::1/7501": "refused",
    [`tcp/${at(open).v4}/81`]: "tcp ::ffff:198.51.100.2",
  };
  expect(await world.ask(foreign, ...Object.keys(expected))).toEqual(expected);
  // Who goes out of a routed network does so under its own address.
  expect(await world.ask(routed.netnsPath, "tcp/198.51.100.2/90")).toEqual({ "tcp/198.51.100.2/90": `tcp ::ffff:${at(routed).v4}` });
  expect(await world.ask(open.netnsPath, "tcp/198.51.100.2/90")).toEqual({ "tcp/198.51.100.2/90": "tcp ::ffff:198.51.100.1" });
  expect((await service.reach(routed.containerId))[0]).toMatchObject({ IsInForce: true, From: ["this machine", `whoever has a route to ${at(routed).v4}`] });
  expect((await service.republish(mixed.containerId, parsePublishedPorts("7501:80"))).ports).toEqual(mixed.ports);
  // All of it is known after a kill, and gone with its container.
  const next = await world.start([routed.containerId, mixed.containerId, open.containerId]);
  expect(await world.ask(foreign, `tcp/${at(routed).v4}/80`)).toEqual({ [`tcp/${at(routed).v4}/80`]: "tcp ::ffff:198.51.100.2" });
  await next.service.release(routed.containerId);
  expect(await output("nft", "list", "set", "inet", "wharf-wharf0", "routed4")).not.toContain("elements");
}, patience);

test("link-local addresses, the prefix of interfaces, and the network with the highest priority as the way out", async () => {
  await using world = new NetworkWorld();
  const { service } = await world.start();
  await service.create(body("alpha", { Options: { [`${prefix}.container_iface_prefix`]: "net" } }));
  await service.create(body("beta", { Internal: true }));
  await service.create(body("gamma"));
  const endpoints = new Map([["alpha", { linkLocalAddresses: ["169.254.7.1", "fe80::77"] }], ["beta", {}], ["gamma", { gatewayPriority: 1 }]]);
  const a = await service.prepare(request("a", { mode: on("alpha"), endpoints }));
  expect(a.endpoints.map(({ interfaceName }) => interfaceName)).toEqual(["net0", "eth0", "eth1"]);
  expect(await inside(a, "ip -o addr show net0 | awk '{print $4}' | grep -v fe80::42: | sort")).toBe(["169.254.7.1/16", "172.18.0.2/16", "fe80::77/64"].join("\n"));
  const gatewayOf = (name: string): string => a.endpoints.find(({ networkName }) => networkName === name)?.ipv4?.gateway ?? "none";
  expect(await inside(a, "ip route show default")).toBe(`default via ${gatewayOf("gamma")} dev eth1 proto static`);
  const b = await service.prepare(request("b", { mode: on("alpha"), endpoints: new Map([["alpha", { linkLocalAddresses: ["169.254.7.2"] }]]) }));
  await world.serve(a.netnsPath, 80);
  expect(await world.ask(b.netnsPath, "tcp/169.254.7.1/80")).toEqual({ "tcp/169.254.7.1/80": "tcp ::ffff:169.254.7.2" });
  // A network of a higher priority that it joins later becomes the way out; when it has left, the one before is again.
  await service.create(body("delta"));
  await service.connect(request("a", { endpoints: new Map([...endpoints, ["delta", { gatewayPriority: 5 }]]) }), "delta");
  expect(await inside(a, "ip route show default")).toContain("dev eth2");
  await service.disconnect(a.containerId, "delta");
  expect(await inside(a, "ip route show default")).toContain("dev eth1");
  expect(await refusal(service.prepare(request("c", { mode: on("alpha"), endpoints: new Map([["alpha", { linkLocalAddresses: ["10.0.0.1"] }]]) })))).toBe("invalid link-local IP address: 10.0.0.1");
}, patience);

test("macvlan: containers are on the wire of one of the machine's links, with names for each other, and the link is left as it was", async () => {
  await using world = new NetworkWorld();
  const foreign = await outsideMachine(world);
  await world.serve(foreign, 90);
  const before = await output("ip", "-4", "-o", "address", "show", "up0");
  const { service } = await world.start();
  const wire = { IPAM: { Driver: "", Options: null, Config: [{ Subnet: "198.51.100.0/24", Gateway: "198.51.100.2", IPRange: "198.51.100.64/26", AuxiliaryAddresses: { host: "198.51.100.1" } }] } };
  await service.create(body("wire", { Driver: "macvlan", Options: { parent: "up0" }, ...wire }));
  expect(await service.inspect("wire", {})).toMatchObject({ Driver: "macvlan", Options: { parent: "up0" } });
  const a = await service.prepare(request("a", { mode: on("wire"), publish: parsePublishedPorts("7600:80") }));
  const b = await service.prepare(request("b", { mode: on("wire"), endpoints: new Map([["wire", { ipv4Address: "198.51.100.99", aliases: ["store"], macAddress: "02:00:00:00:00:99" }]]) }));
  expect([a, b].map(({ endpoints: [endpoint] }) => endpoint?.ipv4)).toEqual(["198.51.100.64", "198.51.100.99"].map((address) => ({ address, prefixLength: 24, gateway: "198.51.100.2" })));
  expect(await inside(b, "ip -o link show eth0")).toContain("link/ether 02:00:00:00:00:99");
  expect(a.ports).toEqual([]);
  await world.serve(a.netnsPath, 80);
  await world.serve(b.netnsPath, 80);
  expect(await world.ask(foreign, "tcp/198.51.100.64/80", "tcp/198.51.100.99/80")).toEqual({ "tcp/198.51.100.64/80": "tcp ::ffff:198.51.100.2", "tcp/198.51.100.99/80": "tcp ::ffff:198.51.100.2" });
  expect(await world.ask(a.netnsPath, "tcp/198.51.100.99/80", "tcp/198.51.100.2/90")).toEqual({ "tcp/198.51.100.99/80": "tcp ::ffff:198.51.100.64", "tcp/198.51.100.2/90": "tcp ::ffff:198.51.100.64" });
  expect(await world.resolve(a.netnsPath, "A/store", "A/box-b", "PTR/198.51.100.99")).toEqual({ "A/store": ["198.51.100.99"], "A/box-b": ["198.51.100.99"], "PTR/198.51.100.99": ["box-b.wire"] });
  // A container on a bridge joins and leaves it.
  const c = await service.prepare(request("c"));
  await service.connect(request("c", { endpoints: new Map([["bridge", {}], ["wire", {}]]) }), "wire");
  expect(await world.resolve(c.netnsPath, "A/store")).toEqual({ "A/store": ["198.51.100.99"] });
  expect(await world.ask(c.netnsPath, "tcp/198.51.100.99/80")).toEqual({ "tcp/198.51.100.99/80": "tcp ::ffff:198.51.100.65" });
  await service.disconnect(c.containerId, "wire");
  expect(await inside(c, "ip -o link | cut -d: -f2 | cut -d@ -f1")).toBe("lo\n eth0");
  // An engine that comes after a kill answers for them again, and gives no address twice.
  const { service: next, report } = await world.start([a.containerId, b.containerId, c.containerId]);
  expect(report.warnings).toEqual([]);
  expect(await world.resolve(a.netnsPath, "A/store")).toEqual({ "A/store": ["198.51.100.99"] });
  const d = await next.prepare(request("d", { mode: on("wire") }));
  expect(d.endpoints[0]?.ipv4?.address).toBe("198.51.100.65");
  for (const { containerId } of [a, b, c, d]) await next.release(containerId);
  await next.remove("wire");
  await next.settled();
  expect(await output("ip", "-4", "-o", "address", "show", "up0")).toBe(before);
  expect(await refusal(next.create(body("lost", { Driver: "macvlan", Options: { parent: "nosuch" } })))).toBe("the parent interface nosuch was not found on this machine");
}, patience);

test("an isolated network: its containers find each other by name, and the machine has no address there", async () => {
  await using world = new NetworkWorld();
  const { service } = await world.start();
  const options = { [`${prefix}.bridge.name`]: "apart", [`${prefix}.bridge.gateway_mode_ipv4`]: "isolated" };
  await service.create(body("apart", { Internal: true, Options: options }));
  expect(await output("sh", "-c", "ip -4 -o address show apart; ip route show dev apart")).toBe("");
  const a = await service.prepare(request("a", { mode: on("apart") }));
  const b = await service.prepare(request("b", { mode: on("apart") }));
  await world.serve(b.netnsPath, 80);
  expect(await world.resolve(a.netnsPath, "A/box-b", "A/host.example")).toEqual({ "A/box-b": [b.endpoints[0]?.ipv4?.address ?? ""], "A/host.example": "ENOTFOUND" });
  expect(await world.ask(a.netnsPath, `tcp/${b.endpoints[0]?.ipv4?.address ?? ""}/80`)).toEqual({ [`tcp/${b.endpoints[0]?.ipv4?.address ?? ""}/80`]: `tcp ::ffff:${a.endpoints[0]?.ipv4?.address ?? ""}` });
}, patience);

test("an overlap that comes later is told in the log, once, and by inspect as long as it is there", async () => {
  await using world = new NetworkWorld();
  await outsideMachine(world);
  using poller = new Poller();
  const told: string[] = [];
  const next = Promise.withResolvers<string>();
  const second = Promise.withResolvers<string>();
  const { service } = await world.start([], { poller, onWarning: (message) => {
    told.push(message);
    (told.length === 1 ? next : second).resolve(message);
  } });
  await service.create(body("mine"));
  const [{ Subnet = "" } = {}] = (await service.inspect("mine", {})).IPAM.Config ?? [];
  expect(Subnet).toBe("172.18.0.0/16");
  await Bun.spawn(["ip", "route", "add", "172.18.128.0/17", "via", "198.51.100.2"]).exited;
  const sentence = "the subnet 172.18.0.0/16 overlaps 172.18.128.0/17 on up0";
  expect(await next.promise).toBe(`network mine: ${sentence}`);
  expect((await service.inspect("mine", {})).Overlaps).toEqual([sentence]);
  expect((await service.inspect("bridge", {})).Overlaps).toBeUndefined();
  await Bun.spawn(["ip", "address", "add", "172.17.9.9/24", "dev", "up0"]).exited;
  expect(await second.promise).toBe("network bridge: the subnet 172.17.0.0/16 overlaps 172.17.9.0/24 on up0");
  expect(told).toHaveLength(2);
  await Bun.spawn(["ip", "route", "delete", "172.18.128.0/17"]).exited;
  expect((await service.inspect("mine", {})).Overlaps).toBeUndefined();
  // A network that is made now stays away from all of it.
  await service.create(body("other"));
  expect((await service.inspect("other", {})).Overlaps).toBeUndefined();
}, patience);
