import { expect, test } from "bun:test";
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { TestEngine } from "../../engine-harness.ts";

function must(program: string, ...words: readonly string[]): void {
  const { status, stderr } = spawnSync(program, words, { encoding: "utf8" });
  if (status !== 0) throw new Error(`${program} ${words.join(" ")}: ${stderr}`);
}

async function failureOf(work: Promise<unknown>): Promise<string> {
  return work.then(() => "it did not fail", (error: unknown) => String(error));
}

test("a runtime that is not there is told at the start, in one line", async () => {
  const text = await failureOf(TestEngine.start(["--runtime", "/nowhere/runtime"]));
  expect(text).toContain("/nowhere/runtime");
  expect(text).not.toMatch(/\n\s+at /);
}, 60_000);

test("a state file that is no database is told, and stays as it is", async () => {
  await using engine = await TestEngine.start();
  await engine.stop();
  const path = join(engine.root, "d/state.db");
  const garbage = "this is no database, and somebody may still want it\n".repeat(200);
  for (const suffix of ["-wal", "-shm"]) rmSync(`${path}${suffix}`, { force: true });
  writeFileSync(path, garbage);
  const text = await failureOf(engine.run());
  expect(text).toContain("state.db");
  expect(text).not.toMatch(/\n\s+at /);
  expect(readFileSync(path, "utf8")).toBe(garbage);
}, 60_000);

test("a full disk refuses what needs room, loses nothing, and works again with room", async () => {
  await using engine = await TestEngine.start();
  await engine.stop();
  const data = join(engine.root, "d");
  const disk = join(engine.root, "disk");
  must("truncate", "-s", "48M", disk);
  must("mkfs.ext4", "-q", "-m", "0", disk);
  rmSync(data, { recursive: true });
  mkdirSync(data, { mode: 0o700 });
  must("mount", "-o", "loop", disk, data);
  try {
    await engine.run();
    await engine.addBusybox();
    const archive = join(engine.root, "archive.tar");
    expect(engine.command("docker", "save", "-o", archive, "busybox").status).toBe(0);
    expect(engine.command("docker", "run", "-d", "--name", "fills", "busybox", "sh", "-c", "dd if=/dev/zero of=/fill bs=64k; echo full; sleep 1000").status).toBe(0);
    // By adding to it: what the engine gives of its reserve meanwhile is used up as well.
    expect(engine.command("docker", "exec", "fills", "sh", "-c", "while ! dd if=/dev/zero bs=64k count=16 2>&1 >> /probe | grep -q 'No space'; do :; done").status).toBe(0);
    const refused = engine.command("docker", "import", archive, "more");
    expect(refused.status).not.toBe(0);
    expect(refused.stderr).toMatch(/no space|full/i);
    expect(refused.stderr).not.toMatch(/\n\s+at /);
    expect(engine.command("docker", "ps", "-q").stdout.trim()).not.toBe("");
    await engine.kill();
    await engine.run();
    expect(engine.command("docker", "inspect", "-f", "{{.State.Running}}", "fills").stdout.trim()).toBe("true");
    expect(engine.command("docker", "rm", "-f", "fills")).toMatchObject({ status: 0, stderr: "" });
    expect(engine.command("docker", "run", "--rm", "busybox", "echo", "room again").stdout).toBe("room again\n");
    await engine.stop();
  } finally {
    await engine.kill();
    must("umount", "-l", data);
  }
}, 180_000);

test("200 containers at once: all run, all outlive the engine, all go", async () => {
  const count = 200;
  await using engine = await TestEngine.start();
  await engine.addBusybox();
  const numbers = Array.from({ length: count }, (_, i) => i);
  const statuses = await Promise.all(numbers.map(async (i) => {
    const created = await engine.call<{ Id: string }>("POST", `/containers/create?name=many-${i}`, { Image: "busybox", Cmd: ["sleep", "1000"] });
    return (await engine.call("POST", `/containers/${created.body.Id}/start`)).status;
  }));
  expect(new Set(statuses)).toEqual(new Set([204]));
  await engine.kill();
  await engine.run();
  const { body } = await engine.call<{ Id: string; NetworkSettings: { Networks: { bridge: { IPAddress: string } } } }[]>("GET", "/containers/json");
  expect(body.length).toBe(count);
  expect(new Set(body.map(({ NetworkSettings }) => NetworkSettings.Networks.bridge.IPAddress)).size).toBe(count);
  const removed = await Promise.all(body.map(async ({ Id }) => engine.call("DELETE", `/containers/${Id}?force=1`)));
  expect(removed.filter(({ status }) => status !== 204).slice(0, 3)).toEqual([]);
  expect((await engine.call<unknown[]>("GET", "/containers/json?all=1")).body).toEqual([]);
}, 300_000);
