import { readFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { afterAll, expect, test } from "bun:test";
import { parsePublishedPorts } from "../../src/base/index.ts";
import type { Sandbox } from "../../src/engine/network/index.ts";
import { NetworkWorld, enterPrivateNetwork, linkNames, output, refusal, request } from "./network-world.ts";

enterPrivateNetwork();
const patience = 120_000;
const children: Bun.Subprocess[] = [];
afterAll(() => { for (const child of children) child.kill("SIGKILL"); });

/** An engine's networks in a process of their own, to be killed: prepares what it is told and says so. */
async function engineToKill(world: NetworkWorld, wishes: readonly { digit: string; publish: readonly string[] }[]) {
  const child = Bun.spawn([process.execPath, join(import.meta.dir, "network-engine.ts"), world.execRoot, JSON.stringify(wishes)],
    { stdout: "pipe", stderr: "inherit" });
  children.push(child);
  for await (const line of createInterface({ input: Readable.fromWeb(child.stdout) })) {
    const sandboxes = JSON.parse(line) as Sandbox[];
    return {
      sandboxes,
      kill: async () => { child.kill("SIGKILL"); await child.exited; },
    };
  }
  throw new Error("the engine ended");
}

async function next(lines: AsyncIterator<string>): Promise<string> {
  const { value } = await lines.next() as { value: string };
  return value;
}

test("a connection through a published port outlives a killed engine and its successor's start", async () => {
  await using world = new NetworkWorld();
  const engine = await engineToKill(world, [{ digit: "a", publish: ["8080:80"] }, { digit: "b", publish: ["8090:80"] }]);
  const [a, b] = engine.sandboxes;
  await world.serve(a?.netnsPath, 80);
  const connection = world.hold("127.0.0.1", 8080);
  expect(await next(connection.lines)).toBe("tcp ::ffff:172.17.0.1");
  connection.send("before");
  expect(await next(connection.lines)).toBe("before");

  await engine.kill();
  connection.send("without an engine");
  expect(await next(connection.lines)).toBe("without an engine");

  const { service, report } = await world.start([a?.containerId ?? ""]);
  expect(report.warnings).toEqual([]);
  // Its link may be listed as well: the kernel takes it away with the namespace, a little later.
  expect(report.removed[0]).toBe(`network namespace of ${b?.containerId ?? ""}`);
  connection.send("with the next");
  expect(await next(connection.lines)).toBe("with the next");
  expect(service.sandbox(a?.containerId ?? "")).toEqual({ ...a, files: undefined } as unknown as Sandbox);
  expect(service.sandbox(b?.containerId ?? "")).toBeUndefined();
  expect(await world.ask(undefined, "tcp/::1/8080", "tcp/127.0.0.1/8090")).toMatchObject({ "tcp/127.0.0.1/8090": "refused" });

  // The address of the living is still its own, that of the dead is free again, and so are the ports.
  const c = await service.prepare(request("c", { publish: parsePublishedPorts("8090:80") }));
  expect(c.endpoints[0]?.ipv4?.address).toBe("172.17.0.3");
  expect(await refusal(service.prepare(request("d", { publish: parsePublishedPorts("8080:80") })))).toContain("Bind for 0.0.0.0:8080 failed: port is already allocated");
  await service.release(a?.containerId ?? "");
  const e = await service.prepare(request("e", { publish: parsePublishedPorts("8080:80") }));
  expect(e.endpoints[0]?.ipv4?.address).toBe("172.17.0.2");
}, patience);

test("an engine that finds nobody alive leaves nothing of its predecessor", async () => {
  await using world = new NetworkWorld();
  const wishes = ["a", "b", "c", "d"].map((digit, index) => ({ digit, publish: [`${7000 + index}:80`] }));
  const engine = await engineToKill(world, wishes);
  await engine.kill();
  const { service, report } = await world.start([]);
  expect(report.removed.filter((line) => line.startsWith("network namespace"))).toHaveLength(4);
  expect(await output("ip", "-o", "link", "show", "type", "veth")).toBe("");
  expect(readFileSync("/proc/self/mounts", "utf8")).not.toContain(world.execRoot);
  expect(await output("sh", "-c", "nft list map inet wharf-wharf0 ports4_any | grep -c elements || true")).toBe("0\n");
  expect((await service.prepare(request("f"))).endpoints[0]?.ipv4?.address).toBe("172.17.0.2");
}, patience);

test("a port is held while it is published: conflicts are docker's errors, both ways, and leave nothing", async () => {
  await using world = new NetworkWorld();
  const { service } = await world.start();
  const server = createServer().listen(7100, "0.0.0.0");
  await new Promise((resolve) => server.once("listening", resolve));
  const before = await linkNames();
  expect(await refusal(service.prepare(request("a", { publish: parsePublishedPorts("7100:80") })))).toMatch(
    /^driver failed programming external connectivity on endpoint box-a \([0-9a-f]{64}\): failed to bind host port for 0\.0\.0\.0:7100:172\.17\.0\.2:80\/tcp: address already in use$/);
  server.close();
  const a = await service.prepare(request("a", { publish: parsePublishedPorts("7100-7101:80-81") }));
  expect(await refusal(service.prepare(request("b", { publish: [...parsePublishedPorts("7102:80"), ...parsePublishedPorts("127.0.0.1:7101:80")] })))).toMatch(
    /^driver failed programming external connectivity on endpoint box-b \([0-9a-f]{64}\): Bind for 127\.0\.0\.1:7101 failed: port is already allocated$/);
  const foreign = createServer();
  const taken = new Promise<Error>((resolve) => foreign.once("error", resolve));
  foreign.listen(7100, "127.0.0.1");
  expect((await taken).message).toContain("EADDRINUSE");
  const random = await service.prepare(request("b", { publish: [...parsePublishedPorts("80"), ...parsePublishedPorts("7100-7105:81")] }));
  expect(random.ports.map(({ hostPort }) => hostPort).slice(2)).toEqual([7102, 7102]);
  expect(new Set(random.ports.map(({ hostPort }) => hostPort)).size).toBe(2);
  for (const { containerId } of [a, random]) await service.release(containerId);
  await service.settled();
  expect(await linkNames()).toEqual(before);
}, patience);

test("joined, host and no network", async () => {
  await using world = new NetworkWorld();
  const { service } = await world.start();
  const a = await service.prepare(request("a"));
  const joined = await service.prepare(request("b", { mode: { kind: "container", container: a.containerId } }));
  expect(joined.netnsPath).toBe(a.netnsPath);
  expect(await refusal(service.prepare(request("b", { mode: { kind: "container", container: "0".repeat(64) } })))).toContain("cannot join network of a non running container");
  const host = await service.prepare(request("c", { mode: { kind: "host" }, publish: parsePublishedPorts("7200:80") }));
  expect(host.netnsPath).toBeUndefined();
  expect(host.ports).toEqual([]);
  const none = await service.prepare(request("d", { mode: { kind: "none" } }));
  expect(await output("nsenter", `--net=${none.netnsPath ?? ""}`, "ip", "-o", "link")).toMatch(/^1: lo: <LOOPBACK,UP,LOWER_UP>[^\n]*\n$/);
  expect(Object.keys((await service.inspect("bridge", {})).Containers)).toEqual([a.containerId]);
  expect(Object.keys((await service.inspect("host", {})).Containers)).toEqual([host.containerId]);
  expect(Object.keys((await service.inspect("none", {})).Containers)).toEqual([none.containerId]);
  expect((await service.list(new Map([["driver", ["bridge"]]]))).map(({ Name }) => Name)).toEqual(["bridge"]);
  for (const { containerId } of [host, none]) await service.release(containerId);
}, patience);

test("many at once come and go, each with addresses of its own", async () => {
  await using world = new NetworkWorld();
  const { service } = await world.start();
  const count = 200;
  const ids = Array.from({ length: count }, (_, index) => index.toString(16).padStart(64, "0"));
  const sandboxes = await Promise.all(ids.map((containerId) => service.prepare({ ...request("a"), containerId, publish: parsePublishedPorts("80") })));
  const all = (pick: (sandbox: Sandbox) => string | number | undefined) => new Set(sandboxes.map(pick)).size;
  expect(all(({ endpoints }) => endpoints[0]?.ipv4?.address)).toBe(count);
  expect(all(({ endpoints }) => endpoints[0]?.ipv6?.address)).toBe(count);
  expect(all(({ ports }) => ports[0]?.hostPort)).toBe(count);
  expect((await output("ip", "-o", "link", "show", "type", "veth")).trim().split("\n")).toHaveLength(count);
  await Promise.all(ids.map((id) => service.release(id)));
  await service.settled();
  expect(await output("ip", "-o", "link", "show", "type", "veth")).toBe("");
  expect(readFileSync("/proc/self/mounts", "utf8")).not.toContain(world.execRoot);
  expect(await output("sh", "-c", "nft list map inet wharf-wharf0 ports4_any | grep -c elements || true")).toBe("0\n");
}, patience);
