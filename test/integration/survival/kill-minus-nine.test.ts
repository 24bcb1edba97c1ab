import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { TestEngine } from "../../engine-harness.ts";
import { traces } from "./engine-traces.ts";
import { random, runLoad } from "./load.ts";

const kills = 100;
const seed = Number(process.env["WHARF_CHAOS_SEED"] ?? Date.now() % 1_000_000);
const imageName = "victim";

/** An image of one layer of 2 MB, which compresses badly, as an archive to load. */
async function makeArchive(engine: TestEngine, next: () => number): Promise<ArrayBuffer> {
  const noise = Uint8Array.from({ length: 2_000_000 }, () => Math.floor(next() * 256));
  const tar = new Bun.Archive({ "noise": noise, "more": "text" });
  const imported = await fetch(`http://engine/images/create?fromSrc=-&repo=${imageName}&tag=latest`, {
    method: "POST", unix: engine.socket, body: await tar.bytes(), headers: { "Content-Type": "application/x-tar" },
  });
  if (imported.status !== 200) throw new Error(await imported.text());
  await imported.text();
  const saved = await fetch(`http://engine/images/${imageName}/get`, { unix: engine.socket });
  const archive = await saved.arrayBuffer();
  expect((await engine.call("DELETE", `/images/${imageName}`)).status).toBe(200);
  return archive;
}

/** Kills the engine at a random moment: while it starts, or while it works. */
async function killSometime(engine: TestEngine, next: () => number): Promise<void> {
  const starting = engine.run().then(() => "ready" as const, () => "killed" as const);
  if (next() < 0.3) await pause(next() * 400);
  else if ((await starting) === "ready") await pause(next() * 900);
  await engine.kill();
  await starting;
}

async function removeAll(engine: TestEngine, except?: string): Promise<void> {
  const { body: containers } = await engine.call<{ Id: string; Names: string[] }[]>("GET", "/containers/json?all=1");
  const others = containers.filter(({ Names }) => !Names.includes(`/${except ?? ""}`));
  for (const { Id } of others) expect((await engine.call("DELETE", `/containers/${Id}?force=1&v=1`)).status).toBe(204);
  const { body: volumes } = await engine.call<{ Volumes: { Name: string }[] }>("GET", "/volumes");
  for (const { Name } of volumes.Volumes) expect((await engine.call("DELETE", `/volumes/${Name}`)).status).toBe(204);
  const { body: images } = await engine.call<{ Id: string; RepoTags: string[] }[]>("GET", "/images/json");
  for (const { Id, RepoTags } of images) {
    if (!RepoTags.includes("busybox:latest")) expect((await engine.call("DELETE", `/images/${Id}?force=1`)).status).toBe(200);
  }
}

/** Links are taken apart behind the answer, and processes are reaped by whoever adopted them. */
async function eventually<T>(look: () => T, wanted: T): Promise<T> {
  const until = Date.now() + 30_000;
  for (;;) {
    const found = look();
    if (Bun.deepEquals(found, wanted) || Date.now() > until) return found;
    await pause(100);
  }
}

test(`the engine is killed ${kills} times under load: nothing is lost and nothing is left (seed ${seed})`, async () => {
  console.log(`WHARF_CHAOS_SEED=${seed}`);
  const next = random(seed);
  await using engine = await TestEngine.start();
  await engine.addBusybox();
  const archive = await makeArchive(engine, next);
  expect(engine.command("docker", "run", "--rm", "busybox", "true").status).toBe(0);
  await engine.stop();
  await engine.run();
  const before = traces(engine);

  const script = "i=0; while :; do i=$((i+1)); echo $i; usleep 20000; done";
  expect(engine.command("docker", "run", "-d", "--name", "survivor", "busybox", "sh", "-c", script).status).toBe(0);
  const { body: first } = await engine.call<{ Id: string; State: { Pid: number } }>("GET", "/containers/survivor/json");
  expect(first.State.Pid).toBeGreaterThan(0);
  await engine.stop();

  const complaints: string[] = [];
  let isOver = false;
  const load = runLoad({ engine, next, archive, imageName, complain: (what) => complaints.push(what), isOver: () => isOver });
  for (let i = 0; i < kills; i++) await killSometime(engine, next);
  await engine.run();
  isOver = true;
  const rounds = await load;
  console.log("rounds that were not interrupted", rounds);
  expect(Object.values(rounds).reduce((sum, count) => sum + count, 0)).toBeGreaterThan(0);
  expect(complaints).toEqual([]);

  const { body: last } = await engine.call<{ State: { Pid: number; Running: boolean } }>("GET", "/containers/survivor/json");
  expect(last.State).toMatchObject({ Pid: first.State.Pid, Running: true });
  expect(readFileSync(`/proc/${first.State.Pid}/cmdline`, "utf8")).toContain("usleep");
  expect(engine.command("docker", "exec", "survivor", "echo", "still here").stdout).toBe("still here\n");
  await removeAll(engine, "survivor");
  // Its conmon holds the mount namespace of an engine that is long dead: nothing of other containers may be left there.
  const heldMounts = (): string[] => traces(engine).mounts.filter((target) => !target.includes(first.Id));
  expect(await eventually(heldMounts, before.mounts)).toEqual(before.mounts);
  expect(engine.command("docker", "stop", "-t", "1", "survivor").status).toBe(0);
  const lines = engine.command("docker", "logs", "survivor").stdout.trim().split("\n");
  expect(lines.length).toBeGreaterThan(kills);
  expect(lines).toEqual(lines.map((_, index) => String(index + 1)));

  await removeAll(engine);
  await engine.stop();
  await engine.run();
  expect(await eventually(() => traces(engine), before)).toEqual(before);
}, 600_000);
