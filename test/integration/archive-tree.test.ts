import { afterEach, beforeEach, expect, test } from "bun:test";
import { spawnSync } from "node:child_process";
import { existsSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encodeMember, readTar, tarEnd, tarPadding, type TarMember } from "../../src/base/tar/index.ts";
import { archiveTree, extractArchive, type Extraction, type TreeArchive } from "../../src/engine/archive/index.ts";
import { byteNameOf, discardTree, makeDirectory, openFolder, openTree } from "../../src/host/files/index.ts";

let folder: string;

beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "tree-")));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

function shell(script: string): void {
  const { status, stderr } = spawnSync("sh", ["-ec", script], { cwd: folder, encoding: "utf8" });
  if (status !== 0) throw new Error(stderr);
}

async function pack(path: string, request: Omit<TreeArchive, "folder"> = {}): Promise<Buffer> {
  using tree = openTree(join(folder, path));
  const pieces: Uint8Array[] = [];
  for await (const piece of archiveTree({ folder: tree, ...request })) pieces.push(piece);
  return Buffer.concat(pieces);
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(bytes);
}

/** GNU tar's account of an archive. */
function listed(archive: Buffer): string[] {
  const { status, stdout, stderr } = spawnSync("tar", ["-tv", "--numeric-owner", "--full-time", "-P"], { input: archive, encoding: "utf8" });
  if (status !== 0) throw new Error(stderr);
  return stdout.trimEnd().split("\n").map((line) => line.replace(/ +/g, " ").replace(/ \d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)?/, ""));
}

interface Member extends Partial<TarMember> {
  readonly name: string;
  readonly body?: string;
}

function archive(...members: readonly Member[]): Buffer {
  const parts = members.flatMap(({ body = "", ...member }) => {
    const size = Buffer.byteLength(body);
    return [encodeMember({ type: "file", mode: 0o644, ...member, size }), Buffer.from(body), tarPadding(size)];
  });
  return Buffer.concat([...parts, tarEnd()]);
}

async function extract(bytes: Buffer, changes: Partial<Extraction> & { readonly at?: string } = {}): Promise<void> {
  using root = openTree(folder);
  const { at = "/", ...rest } = changes;
  await extractArchive(readTar(once(bytes)), { root, folder: byteNameOf(at), keepsKinds: false, ...rest });
}

const zoo = `mkdir -p t/dir/below t/.hidden && cd t && printf hi > file && chown 12:34 file && chmod 4751 file && ln file hard && ln -s /etc/passwd link
mkfifo pipe && mknod null c 1 3 && printf in > dir/below/in && head -c 300000 /dev/zero | tr '\\0' x > large && chmod 1777 dir && touch -d @1600000000.123456789 file
ln -s nowhere dir/broken && : > "$(printf 'odd\\377name')"`;

test("archiveTree: everything that a tree can hold, in one order, as GNU tar reads it", async () => {
  shell(zoo);
  const wanted = [
    "drwxr-xr-x 0/0 0 t/", "-rwsr-x--x 12/34 2 t/file", "hrwsr-x--x 12/34 0 t/hard link to t/file", "-rw-r--r-- 0/0 300000 t/large",
    "lrwxrwxrwx 0/0 0 t/link -> /etc/passwd", "crw-r--r-- 0/0 1,3 t/null", "-rw-r--r-- 0/0 0 t/odd\\377name", "prw-r--r-- 0/0 0 t/pipe",
    "drwxr-xr-x 0/0 0 t/.hidden/", "drwxrwxrwt 0/0 0 t/dir/", "lrwxrwxrwx 0/0 0 t/dir/broken -> nowhere", "drwxr-xr-x 0/0 0 t/dir/below/", "-rw-r--r-- 0/0 2 t/dir/below/in",
  ];
  const bytes = await pack("t", { name: "t" });
  expect(listed(bytes)).toEqual(wanted);
  expect((await pack("t", { name: "t" })).equals(bytes)).toBe(true);
  expect(listed(await pack("t")).slice(0, 2)).toEqual(["-rwsr-x--x 12/34 2 file", "hrwsr-x--x 12/34 0 hard link to file"]);
  expect(listed(await pack("t", { name: "/" })).slice(0, 2)).toEqual(["drwxr-xr-x 0/0 0 /", "-rwsr-x--x 12/34 2 /file"]);
  expect(listed(await pack("t", { only: { file: byteNameOf("link"), name: "other" } }))).toEqual(["lrwxrwxrwx 0/0 0 other -> /etc/passwd"]);
});

test("archiveTree: a socket, and a name that is not there, are left out", async () => {
  const server = Bun.listen({ unix: join(folder, "socket"), socket: { data: () => undefined } });
  try {
    expect(listed(await pack("", { name: "." }))).toEqual(["drwx------ 0/0 0 ./"]);
    expect((await pack("", { only: { file: byteNameOf("nothing"), name: "nothing" } })).length).toBe(1024);
  } finally {
    server.stop(true);
  }
});

test("archiveTree of an overlay's upper folder: its marks become whiteouts", async () => {
  shell("mkdir -p t/opaque t/plain && mknod t/plain/gone c 0 0 && mknod t/null c 1 3 && printf x > t/opaque/new && mknod t/top c 0 0");
  const marked = spawnSync("python3", ["-c", "import os,sys; os.setxattr(sys.argv[1],'trusted.overlay.opaque',b'y')", join(folder, "t/opaque")]);
  expect(marked.status).toBe(0);
  expect(listed(await pack("t", { isLayer: true }))).toEqual([
    "crw-r--r-- 0/0 1,3 null", "-rw------- 0/0 0 .wh.top", "drwxr-xr-x 0/0 0 opaque/", "-rw------- 0/0 0 opaque/.wh..wh..opq",
    "-rw-r--r-- 0/0 1 opaque/new", "drwxr-xr-x 0/0 0 plain/", "-rw------- 0/0 0 plain/.wh.gone",
  ]);
});

test("archiveTree: a tree deeper than there may be handles", async () => {
  const depth = 1500;
  const name = byteNameOf("d");
  mkdirSync(join(folder, "t"));
  let at = openTree(join(folder, "t"));
  for (let i = 0; i < depth; i++) {
    makeDirectory(at, name, 0o755);
    const next = openFolder(at, name);
    at.close();
    at = next;
  }
  at.close();
  let entries = 0;
  for await (const { type } of readTar(once(await pack("t")))) if (type === "directory") entries += 1;
  expect(entries).toBe(depth);
  using top = openTree(folder);
  await discardTree(top, byteNameOf("t"));
});

test("extractArchive: what was archived comes back as it was", async () => {
  shell(zoo);
  const bytes = await pack("t", { name: "copy" });
  await extract(bytes);
  expect(spawnSync("diff", ["-r", "--no-dereference", "t/dir", "copy/dir"], { cwd: folder }).status).toBe(0);
  expect(listed(await pack("copy", { name: "copy" }))).toEqual(listed(bytes));
  expect(lstatSync(join(folder, "copy/file"), { bigint: true }).mtimeNs).toBe(1_600_000_000_000_000_000n);
  expect(lstatSync(join(folder, "copy/hard")).ino).toBe(lstatSync(join(folder, "copy/file")).ino);
});

test("extractArchive: files are replaced, folders merged, and kinds kept where asked for", async () => {
  shell("mkdir -p at/dir/inner at/file-to-be; printf old > at/file; printf keep > at/dir/keep; ln -s /outside at/link; mkdir outside; printf mine > outside/file");
  await extract(archive(
    { name: "dir/", type: "directory", mode: 0o700 }, { name: "dir/new", body: "new" }, { name: "file", body: "new" }, { name: "link", body: "no link" },
    { name: "file-to-be", body: "was a folder" }, { name: "missing/parent/file", body: "made" },
  ), { at: "/at" });
  const read = (path: string): string => readFileSync(join(folder, "at", path), "utf8");
  expect(["dir/keep", "dir/new", "file", "link", "file-to-be", "missing/parent/file"].map(read)).toEqual(["keep", "new", "new", "no link", "was a folder", "made"]);
  expect([lstatSync(join(folder, "at/dir")).mode & 0o777, lstatSync(join(folder, "at/link")).isSymbolicLink()]).toEqual([0o700, false]);
  const kept = { at: "/at", keepsKinds: true };
  expect(extract(archive({ name: "dir", body: "x" }), kept)).rejects.toThrow('cannot overwrite directory "/at/dir" with non-directory "/at"');
  expect(extract(archive({ name: "file/", type: "directory" }), kept)).rejects.toThrow('cannot overwrite non-directory "/at/file" with directory "/at"');
  await Promise.resolve();
});

test("extractArchive: one owner for all, the archive's modes", async () => {
  await extract(archive({ name: "a/b", body: "x", mode: 0o4755, uid: 7, gid: 8 }, { name: "l", type: "symlink", link: "x", uid: 7 }), { owner: { uid: 1000, gid: 50 } });
  const found = ["a", "a/b", "l"].map((path) => lstatSync(join(folder, path))).map(({ uid, gid }) => [uid, gid]);
  expect(found).toEqual([[1000, 50], [1000, 50], [1000, 50]]);
  expect(lstatSync(join(folder, "a/b")).mode & 0o7777).toBe(0o4755);
});

test("extractArchive: links of the tree are taken within its root, absolute ones too, and those of the archive as well", async () => {
  const outside = realpathSync(mkdtempSync(join(tmpdir(), "outside-")));
  try {
    mkdirSync(join(folder, "root/run/dbus"), { recursive: true });
    mkdirSync(join(folder, "root/var"));
    symlinkSync("/run", join(folder, "root/var/run"));
    symlinkSync(outside, join(folder, "root/out"));
    symlinkSync("../../../../../../../..", join(folder, "root/up"));
    using root = openTree(join(folder, "root"));
    await extract(archive({ name: "run/dbus/pid", body: "1" }), { root, at: "/var" });
    expect(readFileSync(join(folder, "root/run/dbus/pid"), "utf8")).toBe("1");
    const attempts = [
      [{ name: "out/escaped", body: "x" }], [{ name: `up${outside}/escaped`, body: "x" }],
      [{ name: "made", type: "symlink", link: outside }, { name: "made/escaped", body: "x" }],
      [{ name: "made2", type: "symlink", link: `../../../../../../..${outside}` }, { name: "made2/escaped", body: "x" }],
      [{ name: "hard", type: "link", link: `up${outside}/there` }],
    ] as const;
    writeFileSync(join(outside, "there"), "there");
    for (const members of attempts) await extract(archive(...members), { root, at: "/" }).catch(() => undefined);
    expect(readdirSync(outside)).toEqual(["there"]);
    expect(lstatSync(join(outside, "there")).nlink).toBe(1);
    expect(extract(archive({ name: "../escaped", body: "x" }), { root, at: "/var" })).rejects.toThrow('"../escaped" is outside of "/var"');
    expect(existsSync(join(folder, "root/escaped"))).toBe(false);
  } finally {
    rmSync(outside, { recursive: true });
  }
});
