import { afterAll, beforeAll, expect, test } from "bun:test";
import { createHash } from "node:crypto";
import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readMounts } from "../../../src/host/mount/index.ts";
import { ContainerWorld } from "../container-world.ts";
import { importCrafted } from "../crafted-image.ts";

let world: ContainerWorld;
/** A file of the host that no container may see or change. */
let canary: string;
const secret = "the host's own words";

beforeAll(async () => {
  world = await ContainerWorld.open();
  mkdirSync(join(world.engine.root, "host"));
  canary = join(world.engine.root, "host/canary");
  writeFileSync(canary, secret);
}, 120_000);

afterAll(async () => {
  await world.engine.close();
}, 120_000);

function hashes(): Record<string, string> {
  const programs = ["crun", "runc", "conmon"].map((name) => spawnSync("which", [name], { encoding: "utf8" }).stdout.trim());
  return Object.fromEntries([...programs, process.execPath].filter((path) => path !== "").map((path) => [path, createHash("sha256").update(readFileSync(path)).digest("hex")]));
}

test("CVE-2019-5736: a program that is a link to the runtime, and one that writes to it, do not reach the host's", async () => {
  const before = hashes();
  const self = await world.engine.call<{ Id: string }>("POST", "/containers/create", { Image: "busybox", Entrypoint: ["/proc/self/exe"], Cmd: ["--version"] });
  await world.engine.call("POST", `/containers/${self.body.Id}/start`);
  // Whatever enters the container by exec is written to, through the link to its program, as soon as it is seen.
  const attack = `while :; do for p in /proc/[0-9]*; do case $(readlink $p/exe) in */busybox) ;; ?*) echo tried; (echo '#!/bin/sh' > $p/exe) 2>/dev/null && echo wrote; esac; done; done`;
  const id = await world.run(attack);
  for (let i = 0; i < 20; i++) {
    const ran = world.docker("exec", id, i % 2 === 0 ? "/proc/self/exe" : "true");
    expect(ran.stderr).not.toContain("#!");
  }
  const log = world.docker("logs", id).stdout;
  expect(log).not.toContain("wrote");
  expect(hashes()).toEqual(before);
  await world.engine.call("DELETE", `/containers/${id}?force=1`);
  expect(world.output("run", "--rm", "busybox", "echo", "still")).toBe("still");
}, 120_000);

test("CVE-2024-21626: no descriptor of the host is inherited, and a working directory cannot be one", async () => {
  const up = "../../../../../../../../..";
  for (let fd = 3; fd < 13; fd++) {
    const ran = world.docker("run", "--rm", "-w", `/proc/self/fd/${fd}`, "busybox", "sh", "-c", `cat .${canary} ${up}${canary}; ls -a ${up}${world.engine.root}`);
    expect(ran.status).not.toBe(0);
    expect(ran.stdout).not.toContain(secret);
    expect(ran.stdout).not.toContain("host");
  }
  const id = await world.run("echo runs; exec sleep 1000");
  // Until then it is the runtime that holds descriptors there.
  await world.logged(id, "runs");
  const { State } = await world.inspect(id);
  expect(readdirSync(`/proc/${State.Pid}/fd`).sort()).toEqual(["0", "1", "2"]);
  expect(world.output("exec", id, "readlink", "-f", "/proc/self/cwd")).toBe("/");
  // busybox's ls has one descriptor of its own, the folder that it lists.
  expect(world.output("exec", id, "ls", "/proc/self/fd").split("\n")).toEqual(["0", "1", "2", "3"]);
  for (let fd = 3; fd < 13; fd++) {
    const ran = world.docker("exec", "-w", `/proc/self/fd/${fd}`, id, "cat", `${up}${canary}`);
    expect(ran.status).not.toBe(0);
    expect(ran.stdout).not.toContain(secret);
  }
  await world.engine.call("DELETE", `/containers/${id}?force=1`);
}, 180_000);

const linkZoo: readonly (readonly [string, string])[] = [
  ["dev is a link", "ln -s /proc/sys dev"],
  ["dev/null is a link", "mkdir dev; ln -s /proc/sys/kernel/core_pattern dev/null"],
  ["dev/pts and dev/console are links", "mkdir dev; ln -s /proc dev/pts; ln -s /proc/sysrq-trigger dev/console"],
  ["proc is a link", "mkdir elsewhere; ln -s elsewhere proc"],
  ["proc is a link out", "ln -s ../../../../../../proc proc"],
  ["sys is a link", "ln -s /etc sys"],
  ["etc/hosts and etc/resolv.conf are links", "CANARY=1; ln -sf ../../../../../../../..$HOSTILE etc/hosts; ln -sf $HOSTILE etc/resolv.conf"],
];

test.each(linkZoo)("CVE-2025-31133, -52565, -52881: %s", async (name, script) => {
  const corePattern = readFileSync("/proc/sys/kernel/core_pattern", "utf8");
  const image = `links-${linkZoo.findIndex(([each]) => each === name)}`;
  await importCrafted(world.engine, image, script.replaceAll("$HOSTILE", canary));
  const look = 'cat /proc/kcore | head -c 1; echo kcore $?; cat /proc/keys /proc/timer_list; echo x > /proc/sys/kernel/core_pattern; echo b > /proc/sysrq-trigger; cat /etc/hosts /etc/resolv.conf; echo done';
  const ran = world.docker("run", "--rm", "-t", image, "sh", "-c", look);
  // A clear refusal is as good as a start that is safe.
  if (ran.status !== 0) expect(ran.stderr).toMatch(/docker: Error response from daemon: /);
  else expect(ran.stdout).toContain("done");
  expect(ran.stdout).not.toContain(secret);
  expect(ran.stdout).not.toMatch(/Timer List Version|keyring/);
  expect(readFileSync(canary, "utf8")).toBe(secret);
  expect(readFileSync("/proc/sys/kernel/core_pattern", "utf8")).toBe(corePattern);
  expect(statSync("/dev/null").isCharacterDevice()).toBe(true);
}, 120_000);

test("CVE-2022-24769: an exec's program inherits no capability either", async () => {
  const id = await world.run("sleep 1000");
  for (const words of [["exec", id], ["exec", "--privileged", id], ["exec", "-u", "1000", id]]) {
    expect(world.output(...words, "grep", "CapInh", "/proc/self/status")).toMatch(/^CapInh:\s+0{16}$/);
  }
  await world.engine.call("DELETE", `/containers/${id}?force=1`);
}, 120_000);

test("CVE-2020-15257, CVE-2024-25621: a container on the host's network finds no socket, an unprivileged user no state", async () => {
  const id = await world.run("sleep 1000", { HostConfig: { NetworkMode: "host" } });
  const abstract = world.output("exec", id, "cat", "/proc/net/unix").split("\n").filter((line) => line.includes(" @"));
  const ours = abstract.filter((line) => /wharf|conmon|crun|runc|shim|attach/i.test(line) || line.includes(world.engine.root));
  expect(ours).toEqual([]);
  for (const folder of ["d", "x", "d/containers", "d/blobs", `d/containers/${id}`, "x/bundles", `x/bundles/${id}`]) {
    const path = join(world.engine.root, folder);
    const ran = spawnSync("setpriv", ["--reuid=65534", "--regid=65534", "--clear-groups", "ls", path], { encoding: "utf8" });
    expect({ folder, status: ran.status }).toEqual({ folder, status: 2 });
  }
  for (const { path } of socketsBelow(world.engine.root)) expect({ path, mode: statSync(path).mode & 0o007 }).toEqual({ path, mode: 0 });
  await world.engine.call("DELETE", `/containers/${id}?force=1`);
}, 120_000);

/** Without following links: those of images lead anywhere. */
function socketsBelow(folder: string): { path: string }[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return socketsBelow(path);
    return entry.isSocket() ? [{ path }] : [];
  });
}

test("CVE-2021-30465: a mount's target that is swapped for a link while containers start", async () => {
  world.output("volume", "create", "shared");
  world.output("volume", "create", "inner");
  world.output("run", "--rm", "-v", "inner:/inner", "busybox", "touch", "/inner/inside");
  const attack = "cd /shared; mkdir -p real; ln -s / link; while :; do mv real spare; mv link real; mv real link; mv spare real; done";
  const attacker = await world.run(attack, { HostConfig: { Binds: ["shared:/shared"] } });
  const before = foreignMounts();
  let started = 0;
  for (let i = 0; i < 60; i++) {
    const id = await world.create(`ls -a /shared/real${world.engine.root}/host /shared/real; cat /shared/real${canary} /shared/real/sub${canary}; exit 0`, {
      HostConfig: { Binds: ["shared:/shared", "inner:/shared/real", "inner:/shared/real/sub"], NetworkMode: "none" },
    });
    const { status } = await world.engine.call("POST", `/containers/${id}/start`);
    if (status === 204) {
      started += 1;
      await world.wait(id);
      const text = world.docker("logs", id);
      expect(text.stdout + text.stderr).not.toContain(secret);
    }
    await world.engine.call("DELETE", `/containers/${id}?force=1`);
  }
  expect(started).toBeGreaterThan(0);
  expect(foreignMounts().filter((target) => !before.includes(target))).toEqual([]);
  await world.engine.call("DELETE", `/containers/${attacker}?force=1`);
}, 240_000);

/** What is mounted outside of the engine's folders and of those of other engines under test, for the host and for the engine. */
function foreignMounts(): string[] {
  return [process.pid, world.engine.pid].flatMap((pid) => readMounts(pid)).map(({ target }) => target).filter((target) => !target.startsWith(`${tmpdir()}/`));
}
