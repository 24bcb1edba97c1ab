import { afterAll, beforeAll, expect, test } from "bun:test";
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ContainerSummary } from "../../src/api/types/index.ts";
import { readCgroupLayout, Cgroup } from "../../src/host/cgroup/index.ts";
import { ContainerWorld } from "./container-world.ts";

const limit = 180_000;
const program = join(import.meta.dir, "../../src/wharf.ts");
let world: ContainerWorld;

beforeAll(async () => { world = await ContainerWorld.open(); }, limit);
afterAll(async () => { await world[Symbol.asyncDispose](); }, limit);

/** What the engine has on disk and in the kernel of containers that run or ran. */
function found() {
  const { root, bridge } = world.engine;
  const names = (folder: string): readonly string[] => (existsSync(join(root, folder)) ? readdirSync(join(root, folder)) : []);
  return {
    folders: names("d/containers"), layers: names("d/rw"), bundles: names("x/bundles"), exits: names("x/exits"), namespaces: names("x/netns"),
    states: names("x/runtime/crun"), cgroups: new Cgroup(readCgroupLayout(), `/wharf-${bridge}`).children(), aside: names("d/tmp"),
    monitors: spawnSync("pgrep", ["-f", `conmon.*${root}/`], { encoding: "utf8" }).stdout.split("\n").filter((line) => line !== ""),
  };
}

const nothing = { folders: [], layers: [], bundles: [], exits: [], namespaces: [], states: [], cgroups: [], aside: [], monitors: [] };

async function removeAll(): Promise<void> {
  const { body } = await world.engine.call<ContainerSummary[]>("GET", "/containers/json?all=1");
  await Promise.all(body.map(({ Id }) => world.engine.call("DELETE", `/containers/${Id}?force=1&v=1`)));
}

test("kill -9: what runs goes on and can be dealt with as before", async () => {
  const id = await world.run('i=0; trap "exit 3" TERM; while :; do i=$((i+1)); echo line $i; sleep 0.05; done');
  await world.logged(id, "line 3\n");
  const before = await world.inspect(id);
  await world.engine.kill();
  await world.engine.run();
  const after = await world.inspect(id);
  expect(after.State).toEqual(before.State);
  expect(after.NetworkSettings).toEqual(before.NetworkSettings);
  const seen = Number(world.output("logs", "--tail", "1", id).slice("line ".length));
  await world.logged(id, `line ${seen + 5}\n`);
  const lines = world.output("logs", id).split("\n");
  expect(lines).toEqual(lines.map((_, i) => `line ${i + 1}`));
  expect(world.output("exec", id, "echo", "from exec")).toBe("from exec");
  const waiting = world.wait(id);
  expect(world.output("stop", id)).toBe(id);
  expect(await waiting).toBe(3);
  await removeAll();
  expect(found()).toEqual(nothing);
}, limit);

test("kill -9: what ended meanwhile has its exit code, policies are honoured, and --rm removes", async () => {
  const script = "while [ ! -e /gate/open ]; do sleep 0.05; done; exit 9";
  const gate = join(world.engine.root, "gate");
  const host = (extra: object) => ({ HostConfig: { Binds: [`${gate}:/gate`], ...extra } });
  const plain = await world.run(script, host({}));
  const removed = await world.run(script, host({ AutoRemove: true }));
  const failing = await world.run(script, host({ RestartPolicy: { Name: "on-failure", MaximumRetryCount: 1 } }));
  const made = await world.create("true");
  const always = await world.run("sleep 1000", { HostConfig: { RestartPolicy: { Name: "always" } } });
  const stopped = await world.run("sleep 1000", { HostConfig: { RestartPolicy: { Name: "unless-stopped" } } });
  await world.engine.call("POST", `/containers/${stopped}/stop?t=0`);
  await world.engine.kill();
  writeFileSync(join(gate, "open"), "");
  // The programs' watchers end with them; only that of the one that sleeps stays.
  while (found().monitors.length > 1) await Bun.sleep(20);
  await world.engine.run();
  expect((await world.inspect(plain)).State).toMatchObject({ Status: "exited", ExitCode: 9 });
  expect((await world.engine.call("GET", `/containers/${removed}/json`)).status).toBe(404);
  expect(await world.wait(failing)).toBe(9);
  expect((await world.inspect(made)).State.Status).toBe("created");
  expect((await world.inspect(always)).State.Running).toBe(true);
  expect((await world.inspect(stopped)).State.Status).toBe("exited");
  await removeAll();
  expect(found()).toEqual(nothing);
}, limit);

test("kill -9 in the midst of starts and removals: nothing half made is left", async () => {
  for (const delay of [5, 25, 60, 120]) {
    const ids = await Promise.all(Array.from({ length: 4 }, (_, i) => world.create("sleep 1000", { HostConfig: { NetworkMode: i % 2 === 0 ? "bridge" : "none" } })));
    const removed = await world.run("true");
    const calls = [...ids.map((id) => world.engine.call("POST", `/containers/${id}/start`)), world.engine.call("DELETE", `/containers/${removed}?force=1`)];
    const settled = Promise.allSettled(calls);
    await Bun.sleep(delay);
    await world.engine.kill();
    await settled;
    await world.engine.run();
    const { monitors, bundles, cgroups, states } = found();
    const running = (await world.engine.call<ContainerSummary[]>("GET", "/containers/json")).body;
    expect([monitors.length, bundles.length, cgroups.length, states.length]).toEqual(Array.from({ length: 4 }, () => running.length));
    for (const { Id } of running) expect(world.output("exec", Id, "echo", "alive")).toBe("alive");
    await removeAll();
    expect(found()).toEqual(nothing);
  }
}, limit);

test("SIGTERM stops serving and leaves containers running", async () => {
  const id = await world.run("sleep 1000", { Tty: true, OpenStdin: true });
  const { Pid } = (await world.inspect(id)).State;
  await world.engine.stop();
  expect(existsSync(world.engine.socket)).toBe(false);
  expect(existsSync(`/proc/${Pid}`)).toBe(true);
  await world.engine.run();
  expect((await world.inspect(id)).State).toMatchObject({ Running: true, Pid });
  await removeAll();
}, limit);

function daemon(...words: readonly string[]): { status: number | null; stderr: string } {
  const { status, stderr } = spawnSync(process.execPath, [program, "daemon", ...words], { encoding: "utf8", timeout: 60_000 });
  return { status, stderr };
}

test("a second engine on the same data is refused, with what can be done", () => {
  const { root } = world.engine;
  const refused = daemon("--data-root", join(root, "d"), "--exec-root", join(root, "x2"), "--bridge", "wt-second");
  expect(refused.status).toBe(1);
  expect(refused.stderr).toContain(`another engine uses the data root ${root}/d`);
  expect(existsSync("/sys/class/net/wt-second")).toBe(false);
}, limit);

test("a runtime that is not there, records that cannot be read and wrong options are clear errors", () => {
  const roots = (name: string): readonly string[] => ["--data-root", join(world.engine.root, name), "--exec-root", join(world.engine.root, `${name}x`), "--bridge", "wt-broken"];
  const missing = daemon(...roots("m"), "--runtime", "no-such-runtime");
  expect(missing.stderr).toContain("no container runtime: no-such-runtime is not installed");
  writeFileSync(join(world.engine.root, "m/state.db"), "this is no database ".repeat(1000));
  const damaged = daemon(...roots("m"));
  expect(damaged.stderr).toContain("cannot read the engine's records");
  for (const ran of [missing, damaged]) {
    expect(ran.status).toBe(1);
    expect(ran.stderr).not.toContain("    at ");
  }
  expect(daemon("--bridge", "a name").status).toBe(125);
  expect(existsSync("/sys/class/net/wt-broken")).toBe(false);
}, limit);
