import { afterAll, beforeAll, expect, test } from "bun:test";
import { readlinkSync } from "node:fs";
import { hostname } from "node:os";
import { ContainerWorld } from "./container-world.ts";

const patience = 120_000;
let world: ContainerWorld;

beforeAll(async () => { world = await ContainerWorld.open(); }, patience);
afterAll(async () => { await world[Symbol.asyncDispose](); }, patience);

test("every exposed port is published where all are to be, each on a port of its own", async () => {
  const id = await world.create("sleep 1000", { ExposedPorts: { "80/tcp": {}, "53/udp": {} }, HostConfig: { PublishAllPorts: true } });
  await world.start(id);
  const { NetworkSettings } = await world.inspect(id);
  const ports = ["80/tcp", "53/udp"].map((port) => Number(NetworkSettings.Ports[port]?.[0]?.HostPort));
  for (const port of ports) expect(port).toBeGreaterThan(1023);
  await world.engine.call("DELETE", `/containers/${id}?force=1`);
}, patience);

test("namespaces of the host are the host's, its name included", async () => {
  const own = (kind: string): string => readlinkSync(`/proc/self/ns/${kind}`);
  const id = await world.run("readlink /proc/self/ns/pid; readlink /proc/self/ns/uts; hostname", { HostConfig: { PidMode: "host", UTSMode: "host" } });
  await world.wait(id);
  expect(world.output("logs", id)).toBe(`${own("pid")}\n${own("uts")}\n${hostname()}`);
  await world.engine.call("DELETE", `/containers/${id}`);
}, patience);
