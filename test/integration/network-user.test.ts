import { expect, test } from "bun:test";
import type { NetworkCreateBody } from "../../src/api/types/index.ts";
import { parsePublishedPorts } from "../../src/base/index.ts";
import { NetworkWorld, enterPrivateNetwork, linkNames, output, refusal, request } from "./network-world.ts";

enterPrivateNetwork();
const patience = 120_000;

function body(Name: string, wishes: Partial<NetworkCreateBody> = {}): NetworkCreateBody {
  return {
    Name, Driver: "", Scope: "", Internal: false, Attachable: false, Ingress: false, ConfigOnly: false, Options: null, Labels: null, ...wishes,
  };
}

const on = (name: string) => ({ kind: "network", name }) as const;

test("a network is made, used, and gone with everything it had", async () => {
  await using world = new NetworkWorld();
  const { service } = await world.start();
  const before = await linkNames();
  const rules = await output("nft", "list", "tables");
  const { Id } = await service.create(body("backend", { Labels: { tier: "db" } }));
  expect(await service.inspect("backend", {})).toMatchObject({
    Id, Driver: "bridge", EnableIPv6: false, Labels: { tier: "db" }, IPAM: { Config: [{ Subnet: "172.18.0.0/16", Gateway: "172.18.0.1" }] },
  });
  expect(await linkNames()).toEqual([...before, `br-${Id.slice(0, 12)}`]);

  const a = await service.prepare(request("a", { mode: on("backend"), endpoints: new Map([["backend", { ipv4Address: "172.18.0.77" }]]) }));
  expect(a.endpoints).toHaveLength(1);
  expect(a.endpoints[0]).toMatchObject({ networkId: Id, ipv4: { address: "172.18.0.77", prefixLength: 16, gateway: "172.18.0.1" } });
  expect(await refusal(service.remove("backend"))).toMatch(/^error while removing network: network backend has active endpoints \(name:"box-a" id:"aaaaaaaaaaaa"\)$/);
  expect(await refusal(service.prepare(request("b", { mode: on("backend"), endpoints: new Map([["backend", { ipv4Address: "172.18.0.77" }]]) })))).toBe("Address already in use");
  expect(await refusal(service.prepare(request("b", { mode: on("nowhere") })))).toBe("network nowhere not found");
  expect((await service.prune(new Map())).NetworksDeleted).toEqual([]);
  await service.release(a.containerId);
  await service.remove(Id.slice(0, 8));
  expect(await refusal(service.inspect("backend", {}))).toBe("network backend not found");
  expect(await refusal(service.remove("bridge"))).toBe("bridge is a pre-defined network and cannot be removed");
  expect(await linkNames()).toEqual(before);
  expect(await output("nft", "list", "tables")).toBe(rules);
  expect(await output("sh", "-c", "nft list table inet wharf-wharf0 | grep -c 172.18 || true")).toBe("0\n");
}, patience);

test("who reaches whom: neighbours do, other networks only through published ports, an internal one nobody and nothing", async () => {
  await using world = new NetworkWorld();
  const { service } = await world.start();
  await service.create(body("front"));
  await service.create(body("back"));
  await service.create(body("closed", { Internal: true }));
  await service.create(body("strangers", { Options: { "com.docker.network.bridge.enable_icc": "false" } }));
  const networks = ["front", "front", "back", "closed", "closed", "strangers", "strangers"];
  const boxes = await Promise.all(networks.map((name, index) => service.prepare(request((index + 1).toString(), {
    mode: on(name), publish: index === 0 ? parsePublishedPorts("8084:80") : [],
  }))));
  for (const { netnsPath } of boxes) await world.serve(netnsPath, 80);
  await world.serve(undefined, 9191);
  const [front, front2, back, closed, closed2, stranger, stranger2] = boxes;
  const address = (box: typeof front): string => box?.endpoints[0]?.ipv4?.address ?? "";
  const asks = (box: typeof front, ...targets: string[]) => world.ask(box?.netnsPath, ...targets);
  const answers = async (box: typeof front, ...targets: string[]) => Object.values(await asks(box, ...targets)).map((answer) => answer.split(" ")[0]);

  const gatewayOf = (index: number): string => `172.${18 + index}.0.1`;
  expect(await answers(front2, `tcp/${address(front)}/80`, `udp/${address(front)}/80`, `tcp/${address(back)}/80`, `tcp/${address(closed)}/80`)).toEqual(["tcp", "udp", "timeout", "timeout"]);
  expect(await answers(back, `tcp/${gatewayOf(1)}/8084`, `tcp/${gatewayOf(0)}/8084`, `tcp/${address(front)}/80`)).toEqual(["tcp", "tcp", "timeout"]);
  await Bun.spawn(["nsenter", `--net=${closed?.netnsPath ?? ""}`, "ip", "route", "add", "default", "via", gatewayOf(2)]).exited;
  expect(await answers(closed, `tcp/${address(closed2)}/80`, `tcp/${gatewayOf(2)}/9191`, `tcp/${gatewayOf(0)}/9191`, `tcp/${address(front)}/80`, `tcp/${gatewayOf(0)}/8084`))
    .toEqual(["tcp", "tcp", "timeout", "timeout", "timeout"]);
  expect(await answers(stranger, `tcp/${gatewayOf(3)}/9191`, `tcp/${gatewayOf(3)}/8084`)).toEqual(["tcp", "tcp"]);
  // Nobody answers for the address, which the kernel finds out after a while.
  expect(await answers(stranger, `tcp/${address(stranger2)}/80`)).not.toEqual(["tcp"]);
  expect(await answers(undefined, "tcp/127.0.0.1/8084", `tcp/${address(front)}/80`)).toEqual(["tcp", "tcp"]);
  expect(closed?.endpoints[0]?.ipv4?.gateway).toBeUndefined();
}, patience);

test("a running container joins and leaves networks; ports, way out and names follow", async () => {
  await using world = new NetworkWorld();
  const { service } = await world.start();
  await service.create(body("closed", { Internal: true }));
  await service.create(body("zeta"));
  await service.create(body("alpha"));
  const wishes = request("a", { mode: on("zeta"), publish: parsePublishedPorts("8086:80") });
  const box = await service.prepare(wishes);
  const neighbour = await service.prepare(request("b", { mode: on("alpha") }));
  await world.serve(box.netnsPath, 80);
  const path = box.netnsPath ?? "";
  const wayOut = async (): Promise<string> => (await output("nsenter", `--net=${path}`, "ip", "route", "show", "default")).trim();
  const asked = async (): Promise<string> => Object.values(await world.ask(undefined, "tcp/127.0.0.1/8086"))[0] ?? "";
  expect(await wayOut()).toBe("default via 172.19.0.1 dev eth0 proto static");

  const files = await service.connect({ ...wishes, endpoints: new Map([["zeta", {}], ["alpha", { aliases: ["here"], ipv4Address: "172.20.0.9" }]]) }, "alpha");
  expect(files.hosts).toContain("172.19.0.2\thost-a\n172.20.0.9\thost-a\n");
  // Of equals the first by name is the way out.
  expect(await wayOut()).toBe("default via 172.20.0.1 dev eth1 proto static");
  expect(await asked()).toBe("tcp ::ffff:172.20.0.1");
  expect(await world.ask(neighbour.netnsPath, "tcp/172.20.0.9/80")).toEqual({ "tcp/172.20.0.9/80": "tcp ::ffff:172.20.0.2" });
  expect(await world.resolve(neighbour.netnsPath, "A/here")).toEqual({ "A/here": ["172.20.0.9"] });
  expect(await world.resolve(path, "A/box-b")).toEqual({ "A/box-b": ["172.20.0.2"] });
  expect(await refusal(service.connect(wishes, "alpha"))).toBe("endpoint with name box-a already exists in network alpha");

  await service.disconnect(box.containerId, "alpha");
  expect(await refusal(service.disconnect(box.containerId, "alpha"))).toContain("is not connected to network alpha");
  expect(await wayOut()).toBe("default via 172.19.0.1 dev eth0 proto static");
  expect(await asked()).toBe("tcp ::ffff:172.19.0.1");
  expect((await world.resolve(path, "A/box-a"))["A/box-a"]).toEqual(["172.19.0.2"]);
  expect(Object.keys((await service.inspect("alpha", {})).Containers)).toEqual([neighbour.containerId]);

  await service.connect({ ...wishes, endpoints: new Map([["zeta", {}], ["closed", {}]]) }, "closed");
  expect(await wayOut()).toBe("default via 172.19.0.1 dev eth0 proto static");
  await service.disconnect(box.containerId, "zeta");
  expect(await wayOut()).toBe("");
  expect((await world.resolve(path, "A/box-a"))["A/box-a"]).toEqual(["172.18.0.2"]);
  expect(await asked()).not.toStartWith("tcp");
}, patience);

test("a container on several networks has an interface on each and one way out", async () => {
  await using world = new NetworkWorld();
  const { service } = await world.start();
  await service.create(body("alpha", { EnableIPv6: true }));
  await service.create(body("omega", { IPAM: { Driver: "", Options: null, Config: [{ Subnet: "10.9.0.0/24", IPRange: "10.9.0.64/26" }] } }));
  const box = await service.prepare(request("a", {
    mode: on("omega"), endpoints: new Map([["alpha", {}], ["omega", { macAddress: "02:00:00:00:00:09", gatewayPriority: 1 }]]), publish: parsePublishedPorts("8085:80"),
  }));
  expect(box.endpoints.map(({ interfaceName, networkName, macAddress }) => [interfaceName, networkName, macAddress])).toEqual([
    ["eth0", "omega", "02:00:00:00:00:09"], ["eth1", "alpha", "02:42:ac:12:00:02"],
  ]);
  expect(box.endpoints[0]?.ipv4?.address).toBe("10.9.0.64");
  expect(box.endpoints[1]?.ipv6?.address).toMatch(/^fd.*::2$/);
  const routes = await output("nsenter", `--net=${box.netnsPath ?? ""}`, "ip", "route", "show", "default");
  expect(routes.trim()).toBe("default via 10.9.0.1 dev eth0 proto static");
  await world.serve(box.netnsPath, 80);
  expect(await world.ask(undefined, "tcp/127.0.0.1/8085")).toEqual({ "tcp/127.0.0.1/8085": "tcp ::ffff:10.9.0.1" });
}, patience);

async function firewallRules(): Promise<string[]> {
  const text = await output("nft", "list", "ruleset");
  // Sets have no order, and show their elements over several lines.
  return text.replaceAll(/,\s+/g, "\n").replaceAll(/elements = |[{}]/g, "").split("\n").map((line) => line.trim()).toSorted();
}

test("networks and who is on them are there after a kill, and what was half made is not", async () => {
  await using world = new NetworkWorld();
  const first = await world.start();
  const { Id } = await first.service.create(body("kept", { Labels: { a: "b" }, EnableIPv6: true }));
  const box = await first.service.prepare(request("a", { mode: on("kept") }));
  await world.serve(box.netnsPath, 80);
  // A second service on the same state is what the engine is after a kill; the first is never asked again.
  const rules = await firewallRules();
  const second = await world.start([box.containerId]);
  expect(second.report.warnings).toEqual([]);
  // A network's rules are the same whether they were added or came with the whole table.
  expect(await firewallRules()).toEqual(rules);
  const network = await second.service.inspect("kept", {});
  expect(network).toMatchObject({ Id, Labels: { a: "b" } });
  expect(Object.keys(network.Containers)).toEqual([box.containerId]);
  const neighbour = await second.service.prepare(request("b", { mode: on("kept") }));
  expect(neighbour.endpoints[0]?.ipv4?.address).toBe("172.18.0.3");
  expect(await world.ask(neighbour.netnsPath, "tcp/172.18.0.2/80")).toEqual({ "tcp/172.18.0.2/80": "tcp ::ffff:172.18.0.3" });
  for (const { containerId } of [box, neighbour]) await second.service.release(containerId);
  await second.service.remove("kept");
}, patience);

test("a hundred networks with a container each come and go, and the last takes no longer than the first", async () => {
  await using world = new NetworkWorld();
  const { service } = await world.start();
  const before = await linkNames();
  const count = 100;
  for (let index = 0; index < count; index++) {
    await service.create(body(`net-${index}`));
    await service.prepare({ ...request("a", { mode: on(`net-${index}`) }), containerId: index.toString(16).padStart(64, "0") });
  }
  expect(await linkNames()).toHaveLength(before.length + 2 * count);
  for (let index = 0; index < count; index++) await service.release(index.toString(16).padStart(64, "0"));
  expect((await service.prune(new Map())).NetworksDeleted).toHaveLength(count);
  expect(await linkNames()).toEqual(before);
}, patience);
