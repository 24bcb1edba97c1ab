import { afterAll, beforeAll, expect, test } from "bun:test";
import type { ContainerSummary } from "../../src/api/types/index.ts";
import { ContainerWorld } from "./container-world.ts";

const limit = 120_000;
let world: ContainerWorld;
const ids = new Map<string, string>();

beforeAll(async () => {
  world = await ContainerWorld.open();
  const make = async (name: string, words: readonly string[]): Promise<void> => {
    ids.set(world.output("create", "--name", name, ...words), name);
    await Promise.resolve();
  };
  await make("first", ["-l", "tier=front", "-l", "bare", "busybox", "sleep", "1000"]);
  await make("second", ["-l", "tier=back", "-v", "/data", "-v", "named:/named", "--expose", "90", "busybox", "sh", "-c", "exit 3"]);
  await make("third", ["-p", "0:80", "--network", "bridge", "busybox", "sleep", "1000"]);
  await make("fourth", ["--network", "none", "busybox", "true"]);
  world.output("start", "first", "second", "third");
  world.output("wait", "second");
}, limit);
afterAll(async () => { await world[Symbol.asyncDispose](); }, limit);

async function list(filters: Readonly<Record<string, readonly string[]>> = {}, query = "all=1"): Promise<string[]> {
  const { status, body } = await world.engine.call<ContainerSummary[]>("GET", `/containers/json?${query}&filters=${encodeURIComponent(JSON.stringify(filters))}`);
  expect(status).toBe(200);
  return body.map(({ Id }) => ids.get(Id) ?? Id);
}

test("list: newest first; only what runs unless asked; a number is of the newest", async () => {
  expect(await list()).toEqual(["fourth", "third", "second", "first"]);
  expect(await list({}, "all=0")).toEqual(["third", "first"]);
  expect(await list({}, "limit=2")).toEqual(["fourth", "third"]);
}, limit);

const cases: readonly (readonly [Readonly<Record<string, readonly string[]>>, readonly string[]])[] = [
  [{ status: ["exited"] }, ["second"]],
  [{ status: ["created", "running"] }, ["fourth", "third", "first"]],
  [{ exited: ["3"] }, ["second"]],
  [{ exited: ["0"] }, []],
  [{ name: ["ir"] }, ["third", "first"]],
  [{ name: ["^/second$"] }, ["second"]],
  [{ label: ["tier"] }, ["second", "first"]],
  [{ label: ["tier=front", "bare"] }, ["first"]],
  [{ before: ["third"] }, ["second", "first"]],
  [{ since: ["second"] }, ["fourth", "third"]],
  [{ ancestor: ["busybox"] }, ["fourth", "third", "second", "first"]],
  [{ ancestor: ["nothing"] }, []],
  [{ volume: ["named"] }, ["second"]],
  [{ volume: ["/data"] }, ["second"]],
  [{ network: ["none"] }, ["fourth"]],
  [{ expose: ["80-95/tcp"] }, ["third", "second"]],
  [{ health: ["none"] }, ["fourth", "third", "second", "first"]],
  [{ "is-task": ["true"] }, []],
];

for (const [filters, expected] of cases) {
  test(`list: ${JSON.stringify(filters)}`, async () => {
    expect(await list(filters)).toEqual([...expected]);
  }, limit);
}

test("list: a filter that refers to no container is not found, and one that is no pattern is invalid", async () => {
  for (const [filters, status] of [[{ before: ["nowhere"] }, 404], [{ name: ["("] }, 400], [{ publish: ["x"] }, 400]] as const) {
    expect((await world.engine.call("GET", `/containers/json?filters=${encodeURIComponent(JSON.stringify(filters))}`)).status).toBe(status);
  }
}, limit);

test("list: published ports, and the filter that finds them", async () => {
  const { body } = await world.engine.call<ContainerSummary[]>("GET", "/containers/json");
  const port = body.find(({ Id }) => ids.get(Id) === "third")?.Ports.find(({ PrivatePort }) => PrivatePort === 80)?.PublicPort ?? 0;
  expect(port).toBeGreaterThan(0);
  expect(await list({ publish: [`${port}`] })).toEqual(["third"]);
}, limit);

test("list and inspect: sizes where they are asked for", async () => {
  world.output("exec", "first", "dd", "if=/dev/zero", "of=/file", "bs=1k", "count=100");
  const { body } = await world.engine.call<ContainerSummary[]>("GET", "/containers/json?size=1");
  const row = body.find(({ Id }) => ids.get(Id) === "first");
  expect(row?.SizeRw).toBeGreaterThanOrEqual(102_400);
  expect(row?.SizeRootFs).toBeGreaterThan(row?.SizeRw ?? 0);
}, limit);
