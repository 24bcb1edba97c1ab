import { afterEach, beforeEach, expect, test } from "bun:test";
import { spawnSync } from "node:child_process";
import { existsSync, linkSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, realpathSync, rmSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encodeMember, readTar, tarEnd, tarPadding, type TarMember } from "../../base/tar/index.ts";
import { absolutePath, archiveFiles, bytePath, extractFiles, localSource, localTarget, splitPath } from "./index.ts";

let folder: string;
beforeEach(() => { folder = realpathSync(mkdtempSync(join(tmpdir(), "local-"))); });
afterEach(() => { rmSync(folder, { recursive: true }); });

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(bytes);
}

async function extract(bytes: AsyncIterable<Uint8Array>, to: string): Promise<void> {
  await extractFiles(readTar(bytes), { folder: to, keepsOwners: false, nameOf: (name) => name });
}

interface Member extends Partial<TarMember> {
  readonly name: string;
  readonly body?: string;
}

function archive(...members: readonly Member[]): AsyncGenerator<Uint8Array> {
  const parts = members.flatMap(({ body = "", ...member }) => {
    const size = Buffer.byteLength(body);
    return [encodeMember({ type: "file", mode: 0o644, ...member, size }), Buffer.from(body), tarPadding(size)];
  });
  return once(Buffer.concat([...parts, tarEnd()]));
}

test("what was archived comes back: content, modes, times, links, a FIFO, names that are no UTF-8", async () => {
  const from = join(folder, "from");
  mkdirSync(join(from, "sub/below"), { recursive: true });
  writeFileSync(join(from, "file"), "text", { mode: 0o640 });
  writeFileSync(join(from, "large"), Buffer.alloc(300_000, "wharf"));
  writeFileSync(Buffer.concat([Buffer.from(`${from}/`), Buffer.from([0x6e, 0xff])]), "odd");
  linkSync(join(from, "file"), join(from, "hard"));
  symlinkSync("file", join(from, "link"));
  symlinkSync("/nowhere", join(from, "sub/broken"));
  expect(spawnSync("mkfifo", [join(from, "pipe")]).status).toBe(0);
  utimesSync(join(from, "file"), 1_600_000_000, 1_600_000_000);
  utimesSync(join(from, "sub"), 1_500_000_000, 1_500_000_000);
  const to = join(folder, "to");
  mkdirSync(to);
  await extract(archiveFiles(bytePath(from), "copy"), to);
  const copy = join(to, "copy");
  expect(readdirSync(copy, { encoding: "latin1" }).sort()).toEqual(["file", "hard", "large", "link", "n\u00ff", "pipe", "sub"]);
  expect([readFileSync(join(copy, "file"), "utf8"), readFileSync(join(copy, "large")).equals(Buffer.alloc(300_000, "wharf"))]).toEqual(["text", true]);
  const status = lstatSync(join(copy, "file"));
  expect([status.mode & 0o777, status.mtimeMs, status.ino === lstatSync(join(copy, "hard")).ino]).toEqual([0o640, 1_600_000_000_000, true]);
  expect([readlinkSync(join(copy, "link")), readlinkSync(join(copy, "sub/broken")), lstatSync(join(copy, "pipe")).isFIFO()]).toEqual(["file", "/nowhere", true]);
  expect(lstatSync(join(copy, "sub")).mtimeMs).toBe(1_500_000_000_000);
});

test("files are replaced, folders merged, a kind is kept", async () => {
  mkdirSync(join(folder, "dir"));
  writeFileSync(join(folder, "dir/kept"), "kept");
  symlinkSync("dir", join(folder, "link"));
  await extract(archive({ name: "dir/", type: "directory", mode: 0o755 }, { name: "dir/new", body: "new" }, { name: "link", body: "a file now" }), folder);
  expect(readdirSync(join(folder, "dir")).sort()).toEqual(["kept", "new"]);
  expect(readFileSync(join(folder, "link"), "utf8")).toBe("a file now");
  expect(extract(archive({ name: "dir", body: "x" }), folder)).rejects.toThrow(`cannot overwrite directory "${folder}/dir" with non-directory "${folder}"`);
  expect(extract(archive({ name: "link/", type: "directory" }), folder)).rejects.toThrow(`cannot overwrite non-directory "${folder}/link" with directory "${folder}"`);
  await Promise.resolve();
});

const zoo: Readonly<Record<string, readonly Member[]>> = {
  "a name that leads up": [{ name: "../outside/escaped", body: "x" }],
  "an absolute name": [{ name: "/outside/escaped", body: "x" }],
  "an absolute link": [{ name: "link", type: "symlink", link: "OUTSIDE" }, { name: "link/escaped", body: "x" }],
  "a link up": [{ name: "link", type: "symlink", link: "../outside" }, { name: "link/escaped", body: "x" }],
  "a link that is there": [{ name: "there/escaped", body: "x" }],
  "a hard link to what is outside": [{ name: "hard", type: "link", link: "there/canary" }],
  "a hard link that leads up": [{ name: "hard", type: "link", link: "../outside/canary" }],
};

test.each(Object.entries(zoo))("nothing outside is reached by %s", async (_, members) => {
  const outside = join(folder, "outside");
  const to = join(folder, "to");
  mkdirSync(outside);
  mkdirSync(to);
  writeFileSync(join(outside, "canary"), "canary");
  symlinkSync(outside, join(to, "there"));
  await extract(archive(...members.map((member) => ({ ...member, ...(member.link === "OUTSIDE" ? { link: outside } : {}) }))), to).catch(() => undefined);
  expect(readdirSync(outside)).toEqual(["canary"]);
  expect([lstatSync(join(outside, "canary")).nlink, readFileSync(join(outside, "canary"), "utf8")]).toEqual([1, "canary"]);
});

test("a link that leads up and out is refused in docker's words; one within is made", async () => {
  expect(extract(archive({ name: "link", type: "symlink", link: "../etc/passwd" }), folder)).rejects.toThrow(`invalid symlink "${folder}/link" -> "../etc/passwd"`);
  await extract(archive({ name: "a/", type: "directory" }, { name: "a/link", type: "symlink", link: "../b" }, { name: "far", type: "symlink", link: "/etc" }), folder);
  expect([readlinkSync(join(folder, "a/link")), readlinkSync(join(folder, "far"))]).toEqual(["../b", "/etc"]);
});

test("localSource: a link itself, or with a slash what it leads to; what is not there is named", () => {
  mkdirSync(join(folder, "dir"));
  writeFileSync(join(folder, "file"), "");
  symlinkSync("dir", join(folder, "link"));
  symlinkSync("nothing", join(folder, "broken"));
  const at = (path: string, followsLink = false) => localSource(join(folder, "x").replace(/x$/, path), { followsLink });
  expect(at("link")).toEqual({ path: `${folder}/link`, isFolder: false, name: "link" });
  expect(at("link/")).toEqual({ path: `${folder}/dir`, isFolder: true, name: "link" });
  expect(at("link/.")).toEqual({ path: `${folder}/dir`, isFolder: true, name: "." });
  expect(at("link", true)).toEqual({ path: `${folder}/dir`, isFolder: true, name: "link" });
  expect(() => at("nope")).toThrow(`lstat ${folder}/nope: no such file or directory`);
  expect(() => at("broken", true)).toThrow(`lstat ${folder}/nothing: no such file or directory`);
  expect(() => at("file/")).toThrow("not a directory");
});

test("localTarget: what is there, what a link leads to, and what cannot be written", () => {
  mkdirSync(join(folder, "dir"));
  symlinkSync("dir", join(folder, "link"));
  symlinkSync("nothing", join(folder, "broken"));
  symlinkSync("loop", join(folder, "loop"));
  expect(localTarget(join(folder, "link"))).toEqual({ path: `${folder}/dir`, exists: true, isFolder: true });
  expect(localTarget(join(folder, "broken"))).toEqual({ path: `${folder}/nothing`, exists: false, isFolder: false });
  expect(localTarget(`${folder}/new/`)).toEqual({ path: `${folder}/new/`, exists: false, isFolder: false });
  expect(() => localTarget(join(folder, "nope/new"))).toThrow(`invalid output path: directory "${folder}/nope" does not exist`);
  expect(() => localTarget("/dev/null")).toThrow('invalid output path: "/dev/null" must be a directory or a regular file: got a device');
  expect(() => localTarget(join(folder, "loop"))).toThrow("too many");
  expect(existsSync(join(folder, "nothing"))).toBe(false);
});

test("paths: what says that it is a folder is kept", () => {
  expect(["/a/b", "/a/b/", "/a/b/.", "/a/../b/", "/", "/."].map(absolutePath)).toEqual(["/a/b", "/a/b/", "/a/b/.", "/b/", "/", "/."]);
  expect(splitPath("/a/b/.")).toEqual({ folder: "/a/b", name: "." });
  expect(splitPath("/a/b/")).toEqual({ folder: "/a", name: "b" });
  expect(splitPath("/")).toEqual({ folder: "/", name: "/" });
});
