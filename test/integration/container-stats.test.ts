import { afterAll, beforeAll, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import type { ContainerStats, ContainerTopReply } from "../../src/api/types/index.ts";
import { readProcessorTime } from "../../src/host/machine/index.ts";
import { ContainerWorld } from "./container-world.ts";

const limit = 120_000;
let world: ContainerWorld;

beforeAll(async () => { world = await ContainerWorld.open(); }, limit);
afterAll(async () => { await world[Symbol.asyncDispose](); }, limit);

async function sample(id: string, query: string): Promise<ContainerStats> {
  const response = await fetch(`http://engine/containers/${id}/stats?${query}`, { unix: world.engine.socket });
  expect(response.status).toBe(200);
  return JSON.parse(await response.text()) as ContainerStats;
}

test("stats: what a busy container uses, with a sample before, and at once without", async () => {
  const id = await world.run("dd if=/dev/zero of=/tmp/x bs=1M count=24 2>/dev/null; nslookup localhost 127.0.0.1 >/dev/null; echo ready; while :; do :; done", { HostConfig: { Memory: 64 * 1024 * 1024, PidsLimit: 50 } });
  await world.logged(id, "ready");
  const alone = await sample(id, "stream=0&one-shot=1");
  expect(alone).toMatchObject({ id, name: (await world.inspect(id)).Name, preread: "0001-01-01T00:00:00Z", precpu_stats: { cpu_usage: { total_usage: 0 } } });
  const { cpu_stats: cpu, precpu_stats: before, memory_stats: memory, pids_stats, networks, read, preread } = await sample(id, "stream=0");
  expect(Date.parse(read) - Date.parse(preread)).toBeGreaterThan(900);
  const used = cpu.cpu_usage.total_usage - before.cpu_usage.total_usage;
  expect(used).toBeGreaterThan(1e6);
  expect((cpu.system_cpu_usage ?? 0) - (before.system_cpu_usage ?? 0)).toBeGreaterThan(used / 2);
  expect(cpu.online_cpus).toBe(readProcessorTime().processors);
  expect(memory).toMatchObject({ limit: 64 * 1024 * 1024 });
  expect(memory.usage).toBeGreaterThan(16 * 1024 * 1024);
  expect(memory.stats?.["inactive_file"]).toBeDefined();
  expect(pids_stats).toEqual({ current: 1, limit: 50 });
  expect(networks?.["eth0"]).toMatchObject({ rx_errors: 0, tx_errors: 0 });
  await world.engine.call("POST", `/containers/${id}/kill`);
  expect(await sample(id, "stream=0")).toMatchObject({ id, read: "0001-01-01T00:00:00Z", pids_stats: {}, memory_stats: {} });
}, limit);

test("stats: a stream goes on through stop and start, each sample with the one before, and ends with the container", async () => {
  const id = await world.run("sleep 1000", { HostConfig: { NetworkMode: "none" } });
  const samples: ContainerStats[] = [];
  for await (const each of await world.client.lines("containerStats", { path: { id }, query: { stream: true } })) {
    samples.push(each);
    if (samples.length === 1) await world.engine.call("POST", `/containers/${id}/kill`);
    if (samples.length === 2) await world.start(id);
    if (samples.length === 4) await world.engine.call("DELETE", `/containers/${id}?force=1`);
  }
  const [first, stopped, again, last] = samples;
  expect(samples).toHaveLength(4);
  expect(first?.networks).toBeUndefined();
  expect(first?.precpu_stats.system_cpu_usage).toBeUndefined();
  expect([stopped?.read, stopped?.preread]).toEqual(["0001-01-01T00:00:00Z", first?.read]);
  expect(last?.precpu_stats).toEqual(again?.cpu_stats);
}, limit);

test("stats: fifty streams cost the engine little", async () => {
  const id = await world.run("sleep 1000", { HostConfig: { NetworkMode: "none" } });
  const stop = new AbortController();
  const streams = await Promise.all(Array.from({ length: 50 }, async () => (await world.client.lines("containerStats", { path: { id }, query: { stream: true }, signal: stop.signal }))[Symbol.asyncIterator]()));
  const round = async (): Promise<unknown> => await Promise.all(streams.map(async (stream) => await stream.next()));
  await round();
  const [before, began] = [engineTime(), performance.now()];
  for (let rounds = 0; rounds < 3; rounds++) await round();
  const share = (engineTime() - before) / (performance.now() - began);
  stop.abort();
  expect(share).toBeLessThan(0.25);
}, limit);

/** Milliseconds of processor time that the engine has used. */
function engineTime(): number {
  const fields = readFileSync(`/proc/${world.engine.pid}/stat`, "latin1").split(") ")[1]?.split(" ") ?? [];
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

test("top: the container's processes by the machine's ps, and what is wrong in ps's words", async () => {
  const script = "mkfifo /f; (read x </f) & echo ready; read y </f";
  const id = await world.run(script, { HostConfig: { NetworkMode: "none" } });
  await world.logged(id, "ready");
  const { body } = await world.engine.call<ContainerTopReply>("GET", `/containers/${id}/top`);
  expect(body.Titles).toEqual(["UID", "PID", "PPID", "C", "STIME", "TTY", "TIME", "CMD"]);
  expect(body.Processes.map((cells) => cells.at(-1))).toEqual([`sh -c ${script}`, `sh -c ${script}`]);
  expect(body.Processes.map((cells) => cells[1])).toContain(String((await world.inspect(id)).State.Pid));
  const top = async (options: string): Promise<unknown> => (await world.engine.call("GET", `/containers/${id}/top?ps_args=${encodeURIComponent(options)}`)).body;
  expect(await top("-o pid,args")).toMatchObject({ Titles: ["PID", "COMMAND"] });
  expect(await top("-o comm")).toEqual({ message: "Couldn't find PID field in ps output" });
  for (const options of ["-o ppid=PID", "-oppid=PID -ocmd", "-o pid,ppid=PID"]) expect(JSON.stringify(await top(options))).toMatch(/specifying .+=PID.+ is not allowed/);
  expect(await top("--nosuch")).toEqual({ message: "ps: error: unknown gnu long option" });
  await world.engine.call("POST", `/containers/${id}/kill`);
  expect(await world.engine.call("GET", `/containers/${id}/top`)).toEqual({ status: 409, body: { message: `container ${id} is not running` } });
}, limit);
