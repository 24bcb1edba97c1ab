import { afterAll, beforeAll, expect, test } from "bun:test";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ContainerWorld } from "../container-world.ts";
import { importCrafted } from "../crafted-image.ts";

const limit = 120_000;
const secret = "the host's own words";
let world: ContainerWorld;
/** A folder of the host that no container may see or change. */
let host: string;

beforeAll(async () => {
  world = await ContainerWorld.open();
  host = join(world.engine.root, "host");
  mkdirSync(host);
  writeFileSync(join(host, "canary"), secret);
}, limit);

afterAll(async () => { await world[Symbol.asyncDispose](); }, limit);

function pack(files: Readonly<Record<string, string>>, ...words: readonly string[]): Buffer {
  const folder = mkdtempSync(join(world.engine.root, "packed-"));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  const { status, stdout, stderr } = spawnSync("tar", ["-C", folder, "-c", ...words, ...Object.keys(files)]);
  if (status !== 0) throw new Error(stderr.toString());
  return stdout;
}

async function put(id: string, path: string, archive: Buffer, more = ""): Promise<number> {
  const response = await fetch(`http://engine/containers/${id}/archive?path=${path}${more}`, {
    method: "PUT", unix: world.engine.socket, body: archive, headers: { "Content-Type": "application/x-tar" },
  });
  await response.text();
  return response.status;
}

async function get(id: string, path: string): Promise<{ readonly status: number; readonly body: string }> {
  const response = await fetch(`http://engine/containers/${id}/${path}`, { unix: world.engine.socket });
  return { status: response.status, body: Buffer.from(await response.bytes()).toString("latin1") };
}

/** Only the views of the engine may hold mounts of its own, and none of them for long. */
function strayMounts(): string[] {
  const targets = readFileSync(`/proc/${world.engine.pid}/mountinfo`, "utf8").split("\n").map((line) => line.split(" ")[4] ?? "");
  return targets.filter((target) => target.startsWith(host));
}

function expectHostUntouched(): void {
  expect([readdirSync(host), readFileSync(join(host, "canary"), "utf8"), strayMounts()]).toEqual([["canary"], secret, []]);
}

test("CVE-2018-15664, CVE-2026-42306, GHSA-rg2x-37c3-w2rh: a folder that is swapped for a link to the host while it is copied from and to", async () => {
  const up = "../".repeat(30);
  const attack = `mkdir -p /x/real; echo inner > /x/real/canary; ln -s ${host} /x/absolute; ln -s ${up}${host} /x/up; cd /x; echo ready
while :; do mv real spare; mv absolute real; mv real absolute; mv up real; mv real up; mv spare real; done`;
  const id = await world.run(attack);
  await world.logged(id, "ready");
  const archive = pack({ canary: "overwritten", escaped: "x" });
  const seen = new Set<number>();
  for (let i = 0; i < 60; i++) {
    for (const path of ["archive?path=/x/real/canary", "archive?path=/x/real/", "archive?path=/x/real/."]) {
      const { status, body } = await get(id, path);
      seen.add(status);
      expect(body).not.toContain(secret);
    }
    seen.add(await put(id, "/x/real", archive));
  }
  // Both sides of the race were met.
  expect(seen.has(200)).toBe(true);
  expect([...seen].filter((status) => status >= 500)).toEqual([]);
  expectHostUntouched();
  world.output("rm", "-f", id);
}, limit);

test("GHSA-vp62-88p7-qqf5: the place of a volume that is swapped for a link to the host", async () => {
  const attack = `cd /x; ln -s ${host} link; echo ready; while :; do mv place spare; mv link place; mv place link; mv spare place; done`;
  const id = await world.run(attack, { HostConfig: { Binds: ["hostile-volume:/x/place/volume"] } });
  await world.logged(id, "ready");
  const archive = pack({ written: "x" });
  const seen = new Set<number>();
  for (let i = 0; i < 60; i++) {
    seen.add(await put(id, "/x/place/volume", archive));
    const { body } = await get(id, "archive?path=/x");
    expect(body).not.toContain(secret);
  }
  expect(seen.has(200)).toBe(true);
  expectHostUntouched();
  world.output("rm", "-f", id);
  world.output("volume", "rm", "hostile-volume");
}, limit);

test("links of an image that programs rely on go on working: absolute ones are taken from the container's root", async () => {
  await importCrafted(world.engine, "linked", "mkdir -p run/service var; ln -s /run var/run; ln -s / whole");
  const id = await world.create("true", { Image: "linked" });
  expect(await put(id, "/var/run/service", pack({ pid: "1" }))).toBe(200);
  expect(await put(id, "/whole/whole/tmp", pack({ there: "2" }))).toBe(200);
  for (const path of ["/run/service/pid", "/var/run/service/pid", "/whole/run/service/pid", "/tmp/there"]) expect((await get(id, `archive?path=${path}`)).status).toBe(200);
  world.output("rm", id);
}, limit);

test("CVE-2019-14271, CVE-2026-41567: no program and no library of the container is run for an archive, however it is compressed", async () => {
  const names = ["xz", "unxz", "unpigz", "pigz", "gzip", "gunzip", "bzip2", "zstd", "unzstd", "tar", "getent"];
  const trojans = names.map((name) => `printf '#!/bin/sh\\necho ran > /ran; cat\\n' > bin/${name}; chmod 755 bin/${name}`).join("; ");
  await importCrafted(world.engine, "trojan", `${trojans}; mkdir -p lib lib64 usr/lib; for l in libnss_files.so.2 libnss_dns.so.2 libz.so.1; do echo broken > lib/$l; echo broken > lib64/$l; done; echo 'mallory:x:77:77::/:/bin/sh' >> etc/passwd`);
  const id = await world.create("true", { Image: "trojan", User: "mallory" });
  const plain = pack({ file: "content" });
  const compress = (program: string): Buffer | undefined => {
    const { status, stdout } = spawnSync(program, ["-c"], { input: plain });
    return status === 0 ? stdout : undefined;
  };
  for (const program of ["cat", "gzip", "zstd", "xz", "bzip2"]) {
    const archive = program === "cat" ? plain : compress(program);
    if (archive === undefined) continue;
    const status = await put(id, "/tmp", archive, "&copyUIDGID=1");
    // What the engine does not decompress by itself is refused, not given to somebody else.
    expect({ program, status }).toEqual({ program, status: ["xz", "bzip2"].includes(program) ? 400 : 200 });
  }
  expect((await get(id, "archive?path=/ran")).status).toBe(404);
  const { body } = await get(id, "archive?path=/tmp/file");
  expect([body.slice(0, 4), Number.parseInt(body.slice(108, 115), 8)]).toEqual(["file", 77]);
  world.output("rm", id);
}, limit);

test("a FIFO for the file of users, or for what is copied, holds nobody up", async () => {
  await importCrafted(world.engine, "fifo", "rm -f etc/passwd; mkfifo etc/passwd etc/pipe");
  const id = await world.create("true", { Image: "fifo", User: "somebody" });
  expect(await put(id, "/tmp", pack({ file: "x" }), "&copyUIDGID=1")).toBe(400);
  expect((await get(id, "archive?path=/etc/pipe")).status).toBe(200);
  expect((await get(id, "export")).status).toBe(200);
  world.output("rm", id);
}, limit);

test("CVE-2023-0778: links that are swapped while a container is exported lead nowhere", async () => {
  const attack = `mkdir -p /x/d; echo inner > /x/d/canary; ln -s ${host} /x/l; cd /x; echo ready; while :; do mv d s; mv l d; mv d l; mv s d; done`;
  const id = await world.run(attack);
  await world.logged(id, "ready");
  for (let i = 0; i < 15; i++) {
    const { status, body } = await get(id, "export");
    expect([status, body.includes(secret)]).toEqual([200, false]);
    await get(id, "changes");
  }
  expectHostUntouched();
  world.output("rm", "-f", id);
}, limit);

test("an archive with devices and marks of an overlay hides and redirects nothing", async () => {
  const id = await world.create("cat /etc/passwd");
  const folder = mkdtempSync(join(world.engine.root, "marks-"));
  const made = spawnSync("sh", ["-ec", "mkdir etc; mknod etc/passwd2 c 0 0; : > etc/.wh.passwd; : > etc/.wh..wh..opq; tar -c etc"], { cwd: folder });
  expect(made.status).toBe(0);
  await put(id, "/", made.stdout);
  await world.start(id);
  expect(await world.wait(id)).toBe(0);
  expect(world.output("logs", id)).toContain("root:x:0:0");
  world.output("rm", id);
}, limit);
