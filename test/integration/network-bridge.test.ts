import { createSocket } from "node:dgram";
import type { Socket } from "node:dgram";
import { existsSync, readFileSync } from "node:fs";
import { expect, test } from "bun:test";
import { parsePublishedPorts } from "../../src/base/index.ts";
import { insideNetworkNamespace } from "../../src/host/netns/index.ts";
import { NetworkWorld, enterPrivateNetwork, output, outsideMachine, request } from "./network-world.ts";

enterPrivateNetwork();
const patience = 120_000;

test("a container on the bridge has its links, addresses and routes, and leaves none of them", async () => {
  await using world = new NetworkWorld();
  const { service, report } = await world.start();
  expect(report).toEqual({ removed: [], warnings: [] });
  const sandbox = await service.prepare(request("a"));
  const [endpoint] = sandbox.endpoints;
  expect(endpoint).toMatchObject({
    networkName: "bridge", interfaceName: "eth0", macAddress: "02:42:ac:11:00:02",
    ipv4: { address: "172.17.0.2", prefixLength: 16, gateway: "172.17.0.1" },
  });
  const path = sandbox.netnsPath ?? "";
  const seen = insideNetworkNamespace(path, () => Bun.spawnSync(["ip", "-j", "address"]).stdout.toString());
  const links = JSON.parse(seen) as { ifname: string; flags: string[]; address: string; addr_info: { local: string; prefixlen: number; broadcast?: string }[] }[];
  expect(links.map(({ ifname }) => ifname)).toEqual(["lo", "eth0"]);
  expect(links[0]?.addr_info.map(({ local }) => local)).toEqual(["127.0.0.1", "::1"]);
  expect(links[1]?.address).toBe("02:42:ac:11:00:02");
  expect(links[1]?.flags).toContain("LOWER_UP");
  expect(links[1]?.addr_info[0]).toMatchObject({ local: "172.17.0.2", prefixlen: 16, broadcast: "172.17.255.255" });
  expect(links[1]?.addr_info.map(({ local }) => local)).toContain(endpoint?.ipv6?.address ?? "none");
  const routes = insideNetworkNamespace(path, () => Bun.spawnSync(["sh", "-c", "ip route show default; ip -6 route show default"]).stdout.toString());
  expect(routes).toContain("default via 172.17.0.1 dev eth0");
  expect(routes).toContain(`default via ${endpoint?.ipv6?.gateway ?? "none"} dev eth0`);
  const settings = insideNetworkNamespace(path, () => readFileSync("/proc/sys/net/ipv4/ip_unprivileged_port_start", "utf8"));
  expect(settings.trim()).toBe("0");
  expect(sandbox.files?.hosts).toContain("172.17.0.2\thost-a\n");

  await service.release(sandbox.containerId);
  await service.release(sandbox.containerId);
  await service.settled();
  expect(existsSync(path)).toBe(false);
  expect(await output("ip", "-o", "link", "show", "type", "veth")).toBe("");
  expect(readFileSync("/proc/self/mounts", "utf8")).not.toContain(world.execRoot);
}, patience);

test("published ports answer on every address, from everywhere, and lead nowhere once released", async () => {
  await using world = new NetworkWorld();
  const { service } = await world.start();
  const server = await service.prepare(request("a", { publish: [...parsePublishedPorts("8080:80"), ...parsePublishedPorts("8080:80/udp")] }));
  const neighbour = await service.prepare(request("b"));
  await world.serve(server.netnsPath, 80);
  expect(server.ports).toEqual([
    { containerPort: 80, protocol: "tcp", hostAddress: "0.0.0.0", hostPort: 8080 },
    { containerPort: 80, protocol: "tcp", hostAddress: "::", hostPort: 8080 },
    { containerPort: 80, protocol: "udp", hostAddress: "0.0.0.0", hostPort: 8080 },
    { containerPort: 80, protocol: "udp", hostAddress: "::", hostPort: 8080 },
  ]);
  const gateway6 = server.endpoints[0]?.ipv6?.gateway ?? "";
  const foreign = await outsideMachine(world);

  const both = (address: string): string[] => [`tcp/${address}/8080`, `udp/${address}/8080`];
  const fromHost = await world.ask(undefined, ...["127.0.0.1", "::1", "172.17.0.1", gateway6, "198.51.100.1"].flatMap(both));
  expect(fromHost).toEqual({
    "tcp/127.0.0.1/8080": "tcp ::ffff:172.17.0.1", "udp/127.0.0.1/8080": "udp ::ffff:172.17.0.1",
    "tcp/::1/8080": `tcp ${gateway6}`, "udp/::1/8080": `udp ${gateway6}`,
    "tcp/172.17.0.1/8080": "tcp ::ffff:172.17.0.1", "udp/172.17.0.1/8080": "udp ::ffff:172.17.0.1",
    [`tcp/${gateway6}/8080`]: `tcp ${gateway6}`, [`udp/${gateway6}/8080`]: `udp ${gateway6}`,
    "tcp/198.51.100.1/8080": "tcp ::ffff:198.51.100.1", "udp/198.51.100.1/8080": "udp ::ffff:198.51.100.1",
  });
  const outside = await world.ask(foreign, ...["198.51.100.1", "fd99::1"].flatMap(both));
  expect(outside).toEqual({
    "tcp/198.51.100.1/8080": "tcp ::ffff:198.51.100.2", "udp/198.51.100.1/8080": "udp ::ffff:198.51.100.2",
    "tcp/fd99::1/8080": "tcp fd99::2", "udp/fd99::1/8080": "udp fd99::2",
  });
  for (const inside of [neighbour.netnsPath, server.netnsPath]) {
    const answers = await world.ask(inside, ...["172.17.0.1", gateway6, "198.51.100.1"].flatMap(both));
    expect(Object.values(answers).map((answer) => answer.slice(0, 3))).toEqual(["tcp", "udp", "tcp", "udp", "tcp", "udp"]);
  }
  // The container itself is not to be reached but through what it publishes; the machine's loopback not at all.
  expect(await world.ask(foreign, "tcp/172.17.0.2/80")).toEqual({ "tcp/172.17.0.2/80": "timeout" });
  await world.serve(undefined, 9090);
  expect(await world.ask(neighbour.netnsPath, "tcp/172.17.0.1/9090")).toEqual({ "tcp/172.17.0.1/9090": "tcp ::ffff:172.17.0.3" });
  await Bun.spawn(["nsenter", `--net=${neighbour.netnsPath ?? ""}`, "sh", "-ec", "ip link set lo down; ip route add 127.0.0.1/32 via 172.17.0.1; sysctl -qw net.ipv4.conf.all.route_localnet=1"]).exited;
  expect(await world.ask(neighbour.netnsPath, "tcp/127.0.0.1/9090")).toEqual({ "tcp/127.0.0.1/9090": "timeout" });

  await service.release(server.containerId);
  expect(await world.ask(undefined, "tcp/127.0.0.1/8080", "tcp/::1/8080")).toEqual({ "tcp/127.0.0.1/8080": "refused", "tcp/::1/8080": "refused" });
}, patience);

test("a binding to one address answers there alone", async () => {
  await using world = new NetworkWorld();
  const { service } = await world.start();
  const server = await service.prepare(request("a", { publish: [...parsePublishedPorts("127.0.0.1:8081:80"), ...parsePublishedPorts("[::1]:8082:80")] }));
  await world.serve(server.netnsPath, 80);
  expect(await world.ask(undefined, "tcp/127.0.0.1/8081", "tcp/172.17.0.1/8081", "tcp/::1/8082", "tcp/127.0.0.1/8082")).toEqual({
    "tcp/127.0.0.1/8081": "tcp ::ffff:172.17.0.1",
    "tcp/172.17.0.1/8081": "refused",
    "tcp/::1/8082": `tcp ${server.endpoints[0]?.ipv6?.gateway ?? ""}`,
    "tcp/127.0.0.1/8082": "refused",
  });
}, patience);

test("datagrams of one flow follow a port that is published anew", async () => {
  await using world = new NetworkWorld();
  const { service } = await world.start();
  const first = await service.prepare(request("a", { publish: parsePublishedPorts("8083:80/udp") }));
  await world.serve(first.netnsPath, 80);
  const { client, ask } = await datagramFlow(8083);
  try {
    expect(await ask()).toBe("udp ::ffff:172.17.0.1");
    // Somebody else has the address when the port is published again: the old flow must not lead there.
    await service.release(first.containerId);
    const stranger = await service.prepare(request("b"));
    expect(stranger.endpoints[0]?.ipv4?.address).toBe("172.17.0.2");
    await world.serve(stranger.netnsPath, 80);
    expect(await ask()).toBe("refused");
    const second = await service.prepare(request("c", { publish: parsePublishedPorts("8083:80/udp") }));
    await world.serve(second.netnsPath, 80);
    expect(await ask()).toBe("udp ::ffff:172.17.0.1");
  } finally {
    client.close();
  }
}, patience);

/** A socket that asks again and again from the same port, as one flow to the kernel. */
async function datagramFlow(port: number): Promise<{ client: Socket; ask: () => Promise<string> }> {
  const client = createSocket("udp4");
  await new Promise<void>((resolve) => { client.connect(port, "127.0.0.1", resolve); });
  const ask = (): Promise<string> => {
    const { promise, resolve } = Promise.withResolvers<string>();
    client.removeAllListeners();
    client.once("message", (data) => { resolve(data.toString()); });
    client.once("error", () => { resolve("refused"); });
    client.send("?");
    return promise;
  };
  return { client, ask };
}
