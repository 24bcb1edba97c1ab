import { afterEach, beforeEach, expect, test } from "bun:test";
import {
  chmodSync, chownSync, existsSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, renameSync, rmSync, statSync, symlinkSync, writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Records } from "../../src/engine/store/index.ts";
import { VolumeService } from "../../src/engine/volume/index.ts";
import { byteNameOf, openTree, readAttribute, setAttribute } from "../../src/host/files/index.ts";
import { readMounts, unmount } from "../../src/host/mount/index.ts";

let folder: string;
let records: Records;
let volumes: VolumeService;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "volume-"));
  mkdirSync(join(folder, "data"));
  mkdirSync(join(folder, "root"));
  writeFileSync(join(folder, "secret"), "of the host");
  records = Records.open(join(folder, "state.db"));
  volumes = new VolumeService({ dataRoot: join(folder, "data"), partsFolder: join(folder, "parts"), records, emit: () => undefined });
});

afterEach(() => {
  records.close();
  const left = readMounts().filter(({ target }) => target.startsWith(`${folder}/`));
  for (const { target } of left) unmount(target);
  rmSync(folder, { recursive: true });
  expect(left).toEqual([]);
});

const wish = { name: "vol", driver: "", driverOptions: {}, labels: {} };

function content(name = "vol"): string {
  return join(folder, "data/volumes", name, "_data");
}

async function copyUp(path: string): Promise<void> {
  using root = openTree(join(folder, "root"));
  await volumes.copyUp("vol", root, path);
}

test("copyUp: files with owners, modes, links and attributes; the folder's own owner and mode", async () => {
  const source = join(folder, "root/var/lib/app");
  mkdirSync(join(source, "sub"), { recursive: true });
  writeFileSync(join(source, "sub/file"), "content");
  chownSync(join(source, "sub/file"), 1234, 5678);
  chmodSync(join(source, "sub/file"), 0o4750);
  symlinkSync("/etc/passwd", join(source, "link"));
  chownSync(source, 42, 43);
  chmodSync(source, 0o1770);
  {
    using tree = openTree(join(source, "sub"));
    setAttribute(tree, byteNameOf("file"), { name: "user.note", value: Buffer.from("kept") });
  }
  await volumes.acquire(wish, "c1");
  await copyUp("/var/lib/app");
  expect(readFileSync(join(content(), "sub/file"), "utf8")).toBe("content");
  expect(statSync(join(content(), "sub/file"))).toMatchObject({ uid: 1234, gid: 5678, mode: 0o104750 });
  expect(readlinkSync(join(content(), "link"))).toBe("/etc/passwd");
  expect(statSync(content())).toMatchObject({ uid: 42, gid: 43, mode: 0o41770 });
  using made = openTree(join(content(), "sub"));
  expect(Buffer.from(readAttribute(made, byteNameOf("file"), "user.note") ?? []).toString()).toBe("kept");
});

test("copyUp: a volume with content stays as it is, and a place that the image has not is no error", async () => {
  mkdirSync(join(folder, "root/srv"));
  writeFileSync(join(folder, "root/srv/new"), "");
  writeFileSync(join(folder, "root/file"), "");
  await volumes.acquire(wish, "c1");
  await copyUp("/nothing/here");
  await copyUp("/file");
  writeFileSync(join(content(), "old"), "");
  await copyUp("/srv");
  expect(readdirSync(content())).toEqual(["old"]);
});

test("CVE-2022-23648: a link at a volume's place leads nowhere outside the container's root", async () => {
  mkdirSync(join(folder, "outside"));
  writeFileSync(join(folder, "outside/shadow"), "secret");
  mkdirSync(join(folder, "root/inside"));
  writeFileSync(join(folder, "root/inside/file"), "own");
  symlinkSync(join(folder, "outside"), join(folder, "root/absolute"));
  symlinkSync("../../../../../../../../..", join(folder, "root/up"));
  symlinkSync("/inside", join(folder, "root/allowed"));
  await volumes.acquire(wish, "c1");
  await copyUp("/absolute");
  await copyUp(`/up${folder}/outside`);
  await copyUp(`/../../../../..${folder}/outside`);
  expect(readdirSync(content())).toEqual([]);
  await copyUp("/allowed");
  expect(readdirSync(content())).toEqual(["file"]);
});

test("options: the file system is mounted while somebody uses it, with its options, and the folder comes back after", async () => {
  const driverOptions = { type: "tmpfs", device: "tmpfs", o: "size=64k,uid=7,nosuid,ro" };
  await volumes.acquire({ ...wish, driverOptions }, "c1");
  await volumes.acquire(wish, "c2");
  const use = { name: "vol", destination: "/data", writable: true };
  expect(await volumes.use({ ...use, containerId: "c1" })).toBe(content());
  expect(await volumes.use({ ...use, containerId: "c2" })).toBe(content());
  const [mount, ...more] = readMounts().filter(({ target }) => target === content());
  expect(more).toEqual([]);
  expect(mount?.type).toBe("tmpfs");
  expect(mount?.options).toContain("nosuid");
  for (const option of ["ro", "size=64k", "uid=7"]) expect(mount?.superOptions).toContain(option);
  await volumes.endUse("c1");
  expect(readMounts().filter(({ target }) => target === content())).toHaveLength(1);
  await volumes.endUse("c2");
  await volumes.endUse("c2");
  expect(readMounts().filter(({ target }) => target === content())).toEqual([]);
});

test("options: a bind, read-only, and one whose source is missing", async () => {
  mkdirSync(join(folder, "elsewhere"));
  writeFileSync(join(folder, "elsewhere/file"), "bound");
  await volumes.acquire({ ...wish, driverOptions: { type: "none", device: join(folder, "elsewhere"), o: "bind,ro" } }, "c1");
  const use = { name: "vol", containerId: "c1", destination: "/data", writable: true };
  const bound = await volumes.use(use);
  expect(readFileSync(join(bound, "file"), "utf8")).toBe("bound");
  expect(() => { writeFileSync(join(bound, "more"), ""); }).toThrow("EROFS");
  await volumes.release("c1", { removeAnonymous: true });
  await volumes.remove("vol", { force: false });
  expect(existsSync(join(folder, "elsewhere/file"))).toBe(true);
  await volumes.acquire({ ...wish, driverOptions: { type: "none", device: join(folder, "missing"), o: "bind" } }, "c1");
  expect(volumes.use(use)).rejects.toThrow(/error while mounting volume '.*_data': failed to mount local volume: .*ENOENT/);
  await volumes.use(use).catch(() => undefined);
});

test("an engine that comes after a killed one never takes a mounted file system for the volume's own files", async () => {
  mkdirSync(join(folder, "elsewhere"));
  writeFileSync(join(folder, "elsewhere/file"), "bound");
  await volumes.acquire({ ...wish, driverOptions: { type: "none", device: join(folder, "elsewhere"), o: "bind" } }, "c1");
  await volumes.use({ name: "vol", containerId: "c1", destination: "/data", writable: true });
  const next = new VolumeService({ dataRoot: join(folder, "data"), partsFolder: join(folder, "parts"), records, emit: () => undefined });
  await next.remove("vol", { force: false });
  expect(readFileSync(join(folder, "elsewhere/file"), "utf8")).toBe("bound");
  expect(existsSync(content())).toBe(false);
});

test("subpath: a part of the volume by itself; links out of it are refused", async () => {
  await volumes.acquire(wish, "c1");
  mkdirSync(join(content(), "a/b"), { recursive: true });
  writeFileSync(join(content(), "a/b/file"), "deep");
  symlinkSync("a", join(content(), "inside"));
  symlinkSync(folder, join(content(), "outside"));
  symlinkSync("../../../../..", join(content(), "up"));
  const use = { name: "vol", containerId: "c1", destination: "/data", writable: true };
  const part = await volumes.use({ ...use, subpath: "inside/b" });
  expect(part).not.toBe(content());
  expect(readFileSync(join(part, "file"), "utf8")).toBe("deep");
  const file = await volumes.use({ ...use, subpath: "a/b/file" });
  expect(readFileSync(file, "utf8")).toBe("deep");
  for (const [subpath, text] of [["outside/secret", "leads out"], ["up", "leads out"], ["../x", "inside the volume"], ["/a", "inside the volume"], ["gone", "no such file"]] as const) {
    expect(volumes.use({ ...use, subpath })).rejects.toThrow(text);
    await volumes.use({ ...use, subpath }).catch(() => undefined);
  }
  expect(lstatSync(join(content(), "outside")).isSymbolicLink()).toBe(true);
  await volumes.endUse("c1");
  expect(readdirSync(join(folder, "parts"))).toEqual([]);
  expect(readFileSync(join(content(), "a/b/file"), "utf8")).toBe("deep");
});

test("rename: an engine that is killed between two of its steps leaves one volume, whole, under one of the names", async () => {
  await volumes.create({ Name: "old", Driver: "", DriverOpts: null, Labels: { a: "b" } });
  writeFileSync(join(content("old"), "file"), "kept");
  const table = records.table("volumes", (stored) => stored as { readonly name: string });
  const stored = table.all().get("old");
  if (stored === undefined) throw new Error("the volume has no record");
  const afterRestart = async (): Promise<readonly (readonly [name: string, labels: unknown])[]> => {
    volumes = new VolumeService({ dataRoot: join(folder, "data"), partsFolder: join(folder, "parts"), records, emit: () => undefined });
    return ((await volumes.list(new Map())).Volumes ?? []).map(({ Name, Labels }) => [Name, Labels]);
  };
  table.put("new", { ...stored, name: "new" });
  expect(await afterRestart()).toEqual([["old", { a: "b" }]]);
  table.put("new", { ...stored, name: "new" });
  renameSync(join(folder, "data/volumes/old"), join(folder, "data/volumes/new"));
  expect(await afterRestart()).toEqual([["new", { a: "b" }]]);
  expect(readFileSync(join(content("new"), "file"), "utf8")).toBe("kept");
});

test("clone: attributes come along; one that fails leaves neither a volume nor a folder", async () => {
  await volumes.create({ Name: "source", Driver: "", DriverOpts: null, Labels: null });
  mkdirSync(join(content("source"), "deep"));
  setAttribute(openTree(content("source")), byteNameOf("deep"), { name: "trusted.kept", value: Buffer.from("1") });
  expect((await volumes.clone("source", { Name: "copy", Labels: null })).Name).toBe("copy");
  using copy = openTree(content("copy"));
  expect(readAttribute(copy, byteNameOf("deep"), "trusted.kept")?.length).toBe(1);
  rmSync(content("source"), { recursive: true });
  expect(await volumes.clone("source", { Name: "other", Labels: null }).catch((error: unknown) => String(error))).toContain("ENOENT");
  expect(((await volumes.list(new Map())).Volumes ?? []).map(({ Name }) => Name)).toEqual(["copy", "source"]);
  expect(readdirSync(join(folder, "data/tmp"))).toEqual([]);
  await volumes.remove("source", { force: false });
});
