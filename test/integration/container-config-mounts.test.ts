import { afterAll, beforeAll, expect, test } from "bun:test";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { mount, readMounts, setPropagation, unmount } from "../../src/host/mount/index.ts";
import { TestEngine, type Ran } from "../engine-harness.ts";
import { importCrafted } from "./crafted-image.ts";

let engine: TestEngine;
let folder: string;

// What the host has mounted before the engine starts is there whether or not the host shares its mounts.
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "config-mounts-"));
  mkdirSync(join(folder, "nested/below"), { recursive: true });
  mount({ source: "tmpfs", target: join(folder, "nested/below"), type: "tmpfs" });
  mkdirSync(join(folder, "shared/below"), { recursive: true });
  mount({ source: join(folder, "shared"), target: join(folder, "shared"), flags: ["bind"] });
  setPropagation(join(folder, "shared"), "shared", false);
  engine = await TestEngine.start();
  await engine.addBusybox();
}, 120_000);

afterAll(async () => {
  await engine.close();
  for (const place of ["nested/below", "shared/below", "shared"]) unmount(join(folder, place));
  rmSync(folder, { recursive: true });
}, 120_000);

const time = 120_000;

function run(...words: readonly string[]): Ran {
  return engine.command("docker", "run", "--rm", ...words);
}

function output(...words: readonly string[]): string {
  return engine.output("docker", "run", "--rm", ...words);
}

test("-v: a folder of the host, read-only, and one that is made where it is missing", () => {
  const source = join(folder, "bound");
  mkdirSync(source);
  writeFileSync(join(source, "file"), "of the host\n");
  expect(output("-v", `${source}:/data`, "busybox", "sh", "-c", "cat /data/file; echo back > /data/new")).toBe("of the host\n");
  expect(readFileSync(join(source, "new"), "utf8")).toBe("back\n");
  expect(run("-v", `${source}:/data:ro`, "busybox", "touch", "/data/x").stderr).toContain("Read-only file system");
  output("-v", `${folder}/made/deep:/data`, "busybox", "touch", "/data/x");
  expect(existsSync(join(folder, "made/deep/x"))).toBe(true);
}, time);

test("a place that the image's links lead to is made where it is missing, within the image", async () => {
  await importCrafted(engine, "linked", "ln -s /var/run run; mkdir data; ln -s ../../../gone/it data/link");
  writeFileSync(join(folder, "text"), "of the host\n");
  expect(output("-v", `${folder}/text:/data/link`, "-v", `${folder}/text:/run/deep/text`, "-w", "/run/here", "linked", "sh", "-c", "cat /gone/it /var/run/deep/text; readlink /proc/self/cwd"))
    .toBe("of the host\nof the host\n/var/run/here\n");
}, time);

test("--mount type=bind: a missing source is refused in docker's words, and nothing is made", () => {
  const { status, stderr } = run("--mount", `type=bind,src=${folder}/missing,dst=/data`, "busybox", "true");
  expect(status).toBe(125);
  expect(stderr).toContain(`invalid mount config for type "bind": bind source path does not exist: ${folder}/missing`);
  expect(existsSync(join(folder, "missing"))).toBe(false);
}, time);

test("read-only goes for the mounts below as well, unless it is asked not to", () => {
  const source = join(folder, "nested");
  expect(run("-v", `${source}:/data:ro`, "busybox", "touch", "/data/below/x").stderr).toContain("Read-only file system");
  output("--mount", `type=bind,src=${source},dst=/data,readonly,bind-recursive=writable`, "busybox", "touch", "/data/below/y");
  expect(existsSync(join(source, "below/y"))).toBe(true);
  const alone = ["--mount", `type=bind,src=${source},dst=/data,bind-recursive=disabled`, "busybox", "ls", "/data/below"];
  for (const runtime of ["runc", "crun"]) expect(output("--runtime", runtime, ...alone)).toBe("");
}, time);

test("propagation: what the host mounts later is seen by a slave and not by a private mount", async () => {
  const source = join(folder, "shared");
  for (const mode of ["rslave", "rprivate"]) {
    expect(engine.command("docker", "run", "-d", "--name", mode, "-v", `${source}:/data:${mode}`, "busybox", "sleep", "1000").status).toBe(0);
  }
  mount({ source: "tmpfs", target: join(source, "below"), type: "tmpfs" });
  writeFileSync(join(source, "below/file"), "");
  expect(engine.command("docker", "exec", "rslave", "ls", "/data/below").stdout).toBe("file\n");
  expect(engine.command("docker", "exec", "rprivate", "ls", "/data/below").stdout).toBe("");
  await Promise.all(["rslave", "rprivate"].map(async (name) => engine.call("DELETE", `/containers/${name}?force=1`)));
}, time);

test.each(["crun", "runc"])("propagation with %s: what a container mounts in a shared folder appears on the host, and is still there when it has ended", async (runtime) => {
  const source = join(folder, "shared");
  const name = `sharing-${runtime}`;
  const script = "mount -t tmpfs inside /data/inside && touch /data/inside/file && echo mounted && exec sleep 1000";
  mkdirSync(join(source, "inside"), { recursive: true });
  // Below it something is mounted already, which must outlive the container too.
  mkdirSync(join(source, "before"), { recursive: true });
  mount({ source: "tmpfs", target: join(source, "before"), type: "tmpfs" });
  expect(engine.command("docker", "run", "-d", "--runtime", runtime, "--name", name, "--cap-add", "SYS_ADMIN", "-v", `${source}:/data:rshared`, "busybox", "sh", "-c", script)).toMatchObject({ status: 0, stderr: "" });
  expect(engine.command("docker", "exec", name, "sh", "-c", "until [ -e /data/inside/file ]; do sleep 0.05; done").status).toBe(0);
  expect(existsSync(join(source, "inside/file"))).toBe(true);
  expect((await engine.call("DELETE", `/containers/${name}?force=1`)).status).toBe(204);
  expect(existsSync(join(source, "inside/file"))).toBe(true);
  const mounted = readMounts().map(({ target }) => target).filter((target) => target.startsWith(source));
  expect(mounted).toContain(join(source, "before"));
  for (const place of ["inside", "before"]) expect(unmount(join(source, place))).toBe(true);
}, time);

test("propagation: a folder that the host does not share is refused in docker's words", () => {
  expect(run("-v", `${folder}/nested/below:/data:rshared`, "busybox", "true").stderr).toContain(`path ${folder}/nested/below is mounted on ${folder}/nested/below but it is not a shared mount`);
}, time);

test("a volume with a name: what the image has there with its owners, kept between containers, nocopy leaves it empty", () => {
  const build = engine.command("docker", "create", "--name", "origin", "busybox", "true");
  expect(build.status).toBe(0);
  expect(output("-v", "etc-copy:/etc", "busybox", "sh", "-c", "ls /etc/passwd; echo x > /etc/added")).toBe("/etc/passwd\n");
  expect(output("-v", "etc-copy:/data:ro", "busybox", "cat", "/data/added")).toBe("x\n");
  expect(output("-v", "empty:/etc:nocopy", "busybox", "ls", "/etc")).not.toContain("passwd");
  expect(output("--mount", "type=volume,src=empty2,dst=/etc,volume-nocopy", "busybox", "ls", "/etc")).not.toContain("passwd");
  expect(statSync(join(engine.root, "d/volumes/etc-copy/_data")).mode & 0o777).toBe(0o755);
  engine.command("docker", "rm", "origin");
}, time);

test("volumes without a name go with their container where --rm or rm -v says so, and named ones stay", () => {
  const names = (): string[] => engine.command("docker", "volume", "ls", "-q").stdout.trim().split("\n").filter((name) => name !== "");
  const before = names();
  output("-v", "/data", "-v", "kept:/kept", "busybox", "touch", "/data/x");
  expect(names()).toEqual([...before, "kept"].sort());
  engine.command("docker", "run", "--name", "holder", "-v", "/data", "busybox", "true");
  expect(names()).toHaveLength(before.length + 2);
  const held = names().find((name) => name.length === 64) ?? "";
  const refused = engine.command("docker", "volume", "rm", held);
  expect(refused.stderr).toContain(`remove ${held}: volume is in use - [`);
  engine.command("docker", "rm", "-v", "holder");
  expect(names()).toEqual([...before, "kept"].sort());
  engine.command("docker", "volume", "rm", "kept");
}, time);

test("bind-recursive=readonly: everything below is read-only, as it is unless asked otherwise; a single file can be bound alone", () => {
  const source = join(folder, "nested");
  const forced = run("--mount", `type=bind,src=${source},dst=/data,readonly,bind-propagation=rprivate,bind-recursive=readonly`, "busybox", "touch", "/data/below/x");
  expect(forced.stderr).toContain("Read-only file system");
  writeFileSync(join(folder, "single"), "alone\n");
  expect(output("--mount", `type=bind,src=${folder}/single,dst=/file,bind-recursive=disabled`, "busybox", "cat", "/file")).toBe("alone\n");
  expect(readdirSync(join(engine.root, "x/bundles"))).toEqual([]);
}, time);

test("--volumes-from: binds, volumes with and without a name, and tmpfs of --mount, all or read-only; an own mount goes before", () => {
  const source = join(folder, "given");
  mkdirSync(source);
  writeFileSync(join(source, "file"), "of the host\n");
  const docker = (...words: readonly string[]): string => engine.command("docker", ...words).stdout.trim();
  const words = ["-v", `${source}:/bound`, "-v", "/own", "-v", "named:/named:ro", "--mount", "type=tmpfs,dst=/memory,tmpfs-size=64k", "--tmpfs", "/not-given"];
  docker("run", "--name", "giver", ...words, "busybox", "sh", "-c", "echo own > /own/file");
  const shown = "cat /bound/file /own/file; df -k /memory | tail -1 | awk '{ print $2 }'; mountpoint -q /not-given || echo not given; for p in /bound /own /named; do touch $p/x 2>/dev/null && echo $p; done; true";
  expect(output("--volumes-from", "giver", "busybox", "sh", "-c", shown)).toBe("of the host\nown\n64\nnot given\n/bound\n/own\n");
  expect(output("--volumes-from", "giver:ro", "busybox", "sh", "-c", shown)).toBe("of the host\nown\n64\nnot given\n");
  expect(output("--volumes-from", "giver", "-v", "other:/own", "busybox", "ls", "/own")).toBe("");
  // Taken over for good: what becomes of the other changes nothing, and its volume stays as long as anybody has it.
  docker("create", "--name", "heir", "--volumes-from", "giver", "busybox", "cat", "/own/file");
  docker("rm", "-v", "giver");
  expect(docker("start", "-a", "heir")).toBe("own");
  const inherited = JSON.parse(docker("inspect", "-f", "{{json .Mounts}}", "heir")) as { Destination: string; Type: string; RW: boolean; Mode: string }[];
  expect(inherited.map(({ Destination, Type, RW, Mode }) => `${Destination} ${Type} ${RW} ${Mode}`)).toEqual(["/bound bind true ", "/memory tmpfs true ", "/named volume false ", "/own volume true "]);
  docker("rm", "-v", "heir");
  expect(docker("volume", "ls", "-q").split("\n").filter((name) => name.length === 64)).toEqual([]);
  expect(run("--volumes-from", "giver", "busybox", "true").stderr).toContain("No such container: giver");
  expect(run("--volumes-from", "named:often", "busybox", "true").stderr).toContain("invalid mode: often");
}, time);

test("--mount type=image: another image's files, read-only, a part of them, and never what a link in it points to", () => {
  const archive = join(folder, "made.tar");
  mkdirSync(join(folder, "made-image/a/b"), { recursive: true });
  writeFileSync(join(folder, "made-image/a/b/file"), "deep\n");
  symlinkSync("/etc", join(folder, "made-image/a/out"));
  symlinkSync("b", join(folder, "made-image/a/in"));
  Bun.spawnSync(["tar", "-C", join(folder, "made-image"), "-cf", archive, "."]);
  expect(engine.command("docker", "import", archive, "made").status).toBe(0);
  expect(output("--mount", "type=image,src=made,dst=/image", "busybox", "sh", "-c", "cat /image/a/b/file; touch /image/x 2>&1 | grep -c Read-only")).toBe("deep\n1\n");
  expect(output("--mount", "type=image,src=made,dst=/image,image-subpath=a/in", "busybox", "cat", "/image/file")).toBe("deep\n");
  expect(run("--mount", "type=image,src=made,dst=/image,image-subpath=a/out", "busybox", "true").stderr).toContain("leads out of");
  expect(run("--pull", "never", "--mount", "type=image,src=none-such,dst=/image", "busybox", "true").stderr).toContain("No such image: none-such");
  // Whoever has it mounted keeps it.
  engine.command("docker", "run", "-d", "--name", "user", "--mount", "type=image,src=made,dst=/image", "busybox", "sleep", "1000");
  const id = engine.command("docker", "image", "inspect", "-f", "{{.Id}}", "made").stdout.trim();
  expect(engine.command("docker", "rmi", "-f", id).stderr).toContain("image is being used by running container");
  engine.command("docker", "rm", "-f", "user");
  expect(engine.command("docker", "rmi", "made").status).toBe(0);
  expect(readMounts().filter(({ target }) => target.startsWith(engine.root))).toEqual([]);
}, time);

test("volume-subpath: a part of a volume, and never what a link in it points to", () => {
  output("-v", "parts:/data", "busybox", "sh", "-c", "mkdir -p /data/a/b; echo deep > /data/a/b/file; ln -s /etc /data/out; ln -s a /data/in");
  expect(output("--mount", "type=volume,src=parts,dst=/data,volume-subpath=in/b", "busybox", "cat", "/data/file")).toBe("deep\n");
  const { status, stderr } = run("--mount", "type=volume,src=parts,dst=/data,volume-subpath=out", "busybox", "ls", "/data");
  expect(status).toBe(125);
  expect(stderr).toContain("leads out of the volume");
}, time);

test("tmpfs: size, mode and defaults", () => {
  expect(output("--tmpfs", "/t:size=64k,mode=700", "busybox", "sh", "-c", "df -k /t | tail -1 | awk '{ print $2 }'; stat -c %a /t; grep ' /t ' /proc/mounts | grep -c nosuid,nodev,noexec"))
    .toBe("64\n700\n1\n");
  expect(output("--mount", "type=tmpfs,dst=/t,tmpfs-size=1m,tmpfs-mode=1770", "busybox", "sh", "-c", "df -k /t | tail -1 | awk '{ print $2 }'; stat -c %a /t")).toBe("1024\n1770\n");
  expect(run("--tmpfs", "/t:colour=red", "busybox", "true").stderr).toContain('invalid tmpfs option ["colour=red"]');
}, time);

test("read-only root: nothing can be written but what is mounted", () => {
  const { stderr, status } = run("--read-only", "--tmpfs", "/run", "-v", "/data", "busybox", "sh", "-c", "touch /run/x /data/x /dev/shm/x && touch /etc/hosts /root/x");
  expect([status, stderr]).toEqual([1, "touch: /etc/hosts: Read-only file system\ntouch: /root/x: Read-only file system\n"]);
}, time);

test("deeper mounts lie over shallower ones, in whatever order they are given", () => {
  expect(output("--tmpfs", "/a/b", "-v", "over:/a", "--tmpfs", "/a/b/c", "busybox", "sh", "-c", "touch /a/x /a/b/y /a/b/c/z; cut -d' ' -f2,3 /proc/mounts | grep ^/a"))
    .toBe("/a ext4\n/a/b tmpfs\n/a/b/c tmpfs\n".replace("ext4", fileSystemOf("over")));
}, time);

function fileSystemOf(volume: string): string {
  const place = join(engine.root, "d/volumes", volume, "_data");
  const mounts = readFileSync("/proc/self/mounts", "utf8").split("\n").map((line) => line.split(" "));
  const holding = mounts.filter(([, target = ""]) => target === "/" || place.startsWith(`${target}/`));
  return holding.sort(([, a = ""], [, b = ""]) => a.length - b.length).at(-1)?.[2] ?? "";
}

test("CVE-2018-15664: a volume at a link of the image is mounted inside the container", () => {
  const secret = join(folder, "secret");
  mkdirSync(secret);
  writeFileSync(join(secret, "file"), "secret");
  engine.command("docker", "run", "--name", "evil", "busybox", "sh", "-c", `mkdir -p ${secret}; ln -s ${secret} /link; ln -s ../../../../../../..${secret} /up`);
  mkdirSync(join(folder, "image"));
  const root = join(folder, "image");
  mkdirSync(join(root, "bin"), { recursive: true });
  mkdirSync(join(root, secret), { recursive: true });
  symlinkSync(secret, join(root, "link"));
  symlinkSync(`../../../../../../../..${secret}`, join(root, "up"));
  writeFileSync(join(root, "bin/busybox"), readFileSync("/bin/busybox"), { mode: 0o755 });
  symlinkSync("busybox", join(root, "bin/sh"));
  expect(engine.command("docker", "rm", "evil").status).toBe(0);
  const archive = join(folder, "image.tar");
  Bun.spawnSync(["tar", "-C", root, "-cf", archive, "."]);
  expect(engine.command("docker", "import", "-c", 'VOLUME ["/link"]', archive, "linked").status).toBe(0);
  // CVE-2022-23648: what is copied into the new volume comes from the image and not from the host.
  expect(output("linked", "/bin/sh", "-c", "for f in /link/*; do echo $f; done; echo x > /link/written")).toBe("/link/*\n");
  output("-v", "linked-vol:/up", "linked", "/bin/sh", "-c", "echo x > /up/written");
  expect(existsSync(join(secret, "written"))).toBe(false);
  expect(existsSync(join(engine.root, "d/volumes/linked-vol/_data/file"))).toBe(false);
  expect(existsSync(join(engine.root, "d/volumes/linked-vol/_data/written"))).toBe(true);
}, time);
