import { afterEach, beforeEach, expect, test } from "bun:test";
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseDigest, type Digest } from "../../src/base/index.ts";
import { encodeMember, tarEnd, tarPadding, type TarMember } from "../../src/base/tar/index.ts";
import { openOverlaySnapshotter, type LayerSource, type Snapshotter } from "../../src/engine/store/index.ts";
import { readMounts, unmount } from "../../src/host/mount/index.ts";

let folder: string;
let snapshotter: Snapshotter;

beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "snapshot-")));
  snapshotter = openOverlaySnapshotter(join(folder, "data"));
});

afterEach(() => {
  for (const { target } of readMounts().reverse()) if (target.startsWith(`${folder}/`)) unmount(target);
  rmSync(folder, { recursive: true });
});

type Member = Partial<TarMember> & { readonly name: string; readonly body?: string };

function archive(members: readonly Member[]): Buffer {
  const parts = members.flatMap(({ body = "", ...member }) => {
    const size = Buffer.byteLength(body);
    return [encodeMember({ type: "file", mode: 0o644, ...member, size }), Buffer.from(body), tarPadding(size)];
  });
  return Buffer.concat([...parts, tarEnd()]);
}

function digestOf(text: string | Buffer): Digest {
  return parseDigest(`sha256:${createHash("sha256").update(text).digest("hex")}`);
}

function layer(bytes: Buffer, parent?: Digest): LayerSource {
  async function* stream(): AsyncGenerator<Uint8Array> {
    yield await Promise.resolve(bytes);
  }
  const diffId = digestOf(bytes);
  return { chain: parent === undefined ? diffId : digestOf(`${parent} ${diffId}`), parent, diffId, archive: stream };
}

function inLayer(chain: Digest, path: string): string {
  return join(snapshotter.folders(chain)[0] ?? "", path);
}

test("a container sees its layers as one tree: whiteouts hide, opaque folders hide all, the rest shines through", async () => {
  const base = await snapshotter.apply(layer(archive([
    { name: "etc/", type: "directory", mode: 0o751, uid: 7 }, { name: "etc/keep", body: "kept" }, { name: "etc/gone", body: "old" },
    { name: "var/", type: "directory", mode: 0o755 }, { name: "var/old", body: "old" },
  ])));
  const top = await snapshotter.apply(layer(archive([
    { name: "etc/.wh.gone" }, { name: "etc/new", body: "new" },
    { name: "var/", type: "directory", mode: 0o700 }, { name: "var/.wh..wh..opq" }, { name: "var/fresh", body: "fresh" },
  ]), base.chain));
  await snapshotter.create("c1", top.chain);
  const target = join(folder, "root");
  await snapshotter.mount("c1", target);
  await snapshotter.mount("c1", target);
  // With the places of what is mounted in every container.
  expect(readdirSync(join(target, "etc")).sort()).toEqual(["hostname", "hosts", "keep", "mtab", "new", "resolv.conf"]);
  expect(readdirSync(join(target, "var"))).toEqual(["fresh"]);
  // The upper layer has no entry for etc itself: it stays as the lower one has it.
  expect([statSync(join(target, "etc")).mode & 0o777, statSync(join(target, "etc")).uid]).toEqual([0o751, 7]);
  writeFileSync(join(target, "etc/keep"), "written");
  expect(await snapshotter.usage("c1")).toBe(7);
  await snapshotter.unmount(target);
  const again = openOverlaySnapshotter(join(folder, "data"));
  expect([again.containers(), [...again.layers()].sort()]).toEqual([["c1"], [base.chain, top.chain].sort()]);
  await again.mount("c1", target);
  expect(readFileSync(join(target, "etc/keep"), "utf8")).toBe("written");
  await again.unmount(target);
  await again.remove("c1");
  await again.remove("c1");
  await again.removeLayer(top.chain);
  expect([again.containers(), again.layers()]).toEqual([[], [base.chain]]);
  expect(readdirSync(join(folder, "data/tmp"))).toEqual([]);
});

test("changes and archive: what a container wrote, as docker tells it and as a layer that gives the same tree again", async () => {
  const base = await snapshotter.apply(layer(archive([
    { name: "etc/", type: "directory", mode: 0o755 }, { name: "etc/passwd", body: "root" }, { name: "etc/group", body: "root" }, { name: "etc/same", body: "same" },
    { name: "home/", type: "directory", mode: 0o755 }, { name: "home/gone", body: "x" }, { name: "home/kept", body: "x" }, { name: "root/", type: "directory", mode: 0o755 },
    { name: "usr/lib/", type: "directory", mode: 0o755 }, { name: "usr/lib/deep", body: "x" }, { name: "kind", body: "a file" },
  ])));
  const top = await snapshotter.apply(layer(archive([{ name: "home/.wh.gone" }, { name: "usr/lib/.wh.deep" }]), base.chain));
  await snapshotter.create("c1", top.chain);
  expect(await snapshotter.changes("c1")).toEqual([]);
  const target = join(folder, "root");
  await snapshotter.mount("c1", target);
  const script = `rm etc/group; printf more >> etc/passwd; touch -r etc/same stamp; cat stamp >> etc/same; touch -r stamp etc/same; rm stamp
rm -r home; mkdir home; printf y > home/new; mkdir -p new/sub; printf 1 > new/one; ln new/one new/two; chmod 700 root; printf x > usr/lib/deep; rm kind; mkdir kind; printf hosts > etc/hosts`;
  const { status, stderr } = spawnSync("sh", ["-ec", script], { cwd: target, encoding: "utf8" });
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  const told = (await snapshotter.changes("c1")).map(({ path, kind }) => `${kind.charAt(0)} ${path}`);
  expect(told).toEqual([
    "m /etc", "d /etc/group", "m /etc/hosts", "m /etc/passwd", "m /home", "d /home/kept", "a /home/new", "m /kind",
    "a /new", "a /new/one", "a /new/sub", "a /new/two", "m /root", "m /usr", "m /usr/lib", "a /usr/lib/deep",
  ]);
  const pieces: Uint8Array[] = [];
  for await (const piece of snapshotter.archive("c1")) pieces.push(piece);
  const committed = await snapshotter.apply(layer(Buffer.concat(pieces), top.chain));
  await snapshotter.create("c2", committed.chain);
  const again = join(folder, "again");
  await snapshotter.mount("c2", again);
  expect(spawnSync("diff", ["-r", "--no-dereference", target, again], { encoding: "utf8" }).stdout).toBe("");
  expect(statSync(join(again, "new/one")).ino).toBe(statSync(join(again, "new/two")).ino);
  expect(statSync(join(again, "root")).mode & 0o777).toBe(0o700);
});

test("a container's file system shown at two places is one: what is written at the one is seen at the other", async () => {
  const { chain } = await snapshotter.apply(layer(archive([{ name: "a", body: "old" }])));
  await snapshotter.create("c1", chain);
  const [first, second] = [join(folder, "first"), join(folder, "second")];
  await snapshotter.mount("c1", first);
  expect([readFileSync(join(first, "a"), "utf8"), existsSync(join(first, "b"))]).toEqual(["old", false]);
  await snapshotter.mount("c1", second);
  writeFileSync(join(second, "a"), "new");
  writeFileSync(join(second, "b"), "b");
  expect([readFileSync(join(first, "a"), "utf8"), readFileSync(join(first, "b"), "utf8")]).toEqual(["new", "b"]);
  await snapshotter.unmount(first);
  expect(readFileSync(join(second, "b"), "utf8")).toBe("b");
  await snapshotter.unmount(second);
});

test("what a file has besides content arrives: owner, setuid, links, times, attributes, nodes, holes, odd names", async () => {
  const odd = Buffer.from([0x6e, 0xff, 0xfe]).toString("latin1");
  const capability = Buffer.from("0100000200040000000000000000000000000000", "hex");
  const { chain, size } = await snapshotter.apply(layer(archive([
    { name: "su", mode: 0o4755, uid: 100_000, gid: 5, body: "12345", modified: { seconds: 1_600_000_000, nanoseconds: 123_456_789 } },
    { name: "hard", type: "link", link: "./su" },
    { name: "soft", type: "symlink", link: "/etc/../su" },
    { name: "dev/null", type: "char", mode: 0o666, device: { major: 1, minor: 3 } },
    { name: "pipe", type: "fifo", mode: 0o640 },
    { name: "ping", attributes: new Map([["security.capability", capability], ["trusted.overlay.opaque", Buffer.from("y")]]) },
    { name: odd, body: "odd" },
    { name: `${"d".repeat(200)}/${"f".repeat(200)}`, body: "long" },
    { name: "folder", type: "directory", mode: 0o1777, modified: { seconds: 1_500_000_000, nanoseconds: 0 } }, { name: "folder/in", body: "" },
  ])));
  const su = lstatSync(inLayer(chain, "su"), { bigint: true });
  expect([Number(su.mode) & 0o7777, Number(su.uid), Number(su.gid), su.mtimeNs]).toEqual([0o4755, 100_000, 5, 1_600_000_000_123_456_789n]);
  expect(lstatSync(inLayer(chain, "hard")).ino).toBe(Number(su.ino));
  expect(lstatSync(inLayer(chain, "soft")).isSymbolicLink()).toBe(true);
  expect([lstatSync(inLayer(chain, "dev/null")).rdev, lstatSync(inLayer(chain, "dev/null")).mode & 0o777]).toEqual([0x103, 0o666]);
  expect(lstatSync(inLayer(chain, "pipe")).isFIFO()).toBe(true);
  expect([lstatSync(inLayer(chain, "folder")).mode & 0o7777, lstatSync(inLayer(chain, "folder")).mtimeMs]).toEqual([0o1777, 1_500_000_000_000]);
  expect(existsSync(inLayer(chain, `${"d".repeat(200)}/${"f".repeat(200)}`))).toBe(true);
  expect(readdirSync(inLayer(chain, ""), { encoding: "buffer" }).some((name) => name.toString("latin1") === odd)).toBe(true);
  const attributes = spawnSync("python3", ["-c", "import os,sys;print({n:os.getxattr(sys.argv[1],n).hex() for n in os.listxattr(sys.argv[1])})", inLayer(chain, "ping")], { encoding: "utf8" });
  if (attributes.error === undefined) expect(attributes.stdout.trim()).toBe(`{'security.capability': '${capability.toString("hex")}'}`);
  expect(size).toBe(5 + 3 + 4);
});

test("a sparse file of GNU tar keeps its holes and its content", async () => {
  const source = join(folder, "source");
  mkdirSync(source);
  spawnSync("sh", ["-c", "truncate -s 8M sparse; printf middle | dd of=sparse bs=1 seek=4000000 conv=notrunc; printf end >> sparse"], { cwd: source });
  for (const format of [["--format=gnu"], ["--format=posix"], ["--format=posix", "--sparse-version=0.1"]]) {
    const tar = spawnSync("tar", ["-C", source, "-cS", ...format, "."], { maxBuffer: 64 * 1024 * 1024 });
    const { chain } = await snapshotter.apply(layer(tar.stdout));
    const status = statSync(inLayer(chain, "sparse"));
    expect([status.size, status.blocks < 100]).toEqual([8 * 1024 * 1024 + 3, true]);
    expect(readFileSync(inLayer(chain, "sparse")).equals(readFileSync(join(source, "sparse")))).toBe(true);
  }
});

test("content that is not what was promised leaves nothing", async () => {
  const good = layer(archive([{ name: "a", body: "a" }]));
  const lie = { ...good, diffId: digestOf("other"), chain: digestOf("other") };
  expect(snapshotter.apply(lie)).rejects.toThrow("not what its image promises");
  await snapshotter.apply(lie).catch(() => undefined);
  expect([snapshotter.layers(), readdirSync(join(folder, "data/layers")), readdirSync(join(folder, "data/tmp"))]).toEqual([[], [], []]);
});

test("two who need the same layer at once unpack it once", async () => {
  const bytes = archive([{ name: "a", body: "a" }]);
  let read = 0;
  const source = layer(bytes);
  const counted = { ...source, archive: () => (read++, source.archive()) };
  const [first, second] = await Promise.all([snapshotter.apply(counted), snapshotter.apply(counted)]);
  expect([first, read]).toEqual([second, 1]);
});

/** Archives that try to reach what is outside of their layer. */
const zoo: Readonly<Record<string, readonly Member[]>> = {
  "dot-dot": [{ name: "../escaped", body: "x" }],
  "dot-dot in the middle": [{ name: "a/../../escaped", body: "x" }],
  "absolute name": [{ name: "/escaped", body: "x" }],
  "through a link up": [{ name: "link", type: "symlink", link: "../.." }, { name: "link/escaped", body: "x" }],
  "through an absolute link": [{ name: "link", type: "symlink", link: "OUTSIDE" }, { name: "link/escaped", body: "x" }],
  "over a link with the same name": [{ name: "link", type: "symlink", link: "OUTSIDE/victim" }, { name: "link", body: "x" }],
  "hard link out": [{ name: "hard", type: "link", link: "../../../victim" }, { name: "hard", body: "x" }],
  "hard link through a link": [{ name: "link", type: "symlink", link: "OUTSIDE" }, { name: "hard", type: "link", link: "link/victim" }],
  "whiteout through a link": [{ name: "link", type: "symlink", link: "OUTSIDE" }, { name: "link/.wh.victim" }],
  "opaque mark through a link": [{ name: "link", type: "symlink", link: "OUTSIDE" }, { name: "link/.wh..wh..opq" }],
  "whiteout of dot-dot": [{ name: ".wh..." }, { name: ".wh..", body: "" }],
  "folder mode through a link": [{ name: "link", type: "symlink", link: "OUTSIDE" }, { name: "link", type: "directory", mode: 0o777 }, { name: "link/escaped", body: "x" }],
  "folder replaced by a link, then used": [{ name: "d/", type: "directory" }, { name: "d/a", body: "" }, { name: "d", type: "symlink", link: "OUTSIDE" }, { name: "d/escaped", body: "x" }],
};

for (const [name, members] of Object.entries(zoo)) {
  test(`CVE-2025-47290, CVE-2021-32760: ${name} reaches nothing outside`, async () => {
    const outside = join(folder, "outside");
    mkdirSync(outside);
    writeFileSync(join(outside, "victim"), "safe");
    writeFileSync(join(folder, "victim"), "safe");
    symlinkSync("victim", join(outside, "same"));
    const placed = members.map(({ link, ...member }) => (link === undefined ? member : { ...member, link: link.replace("OUTSIDE", outside) }));
    const before = statSync(outside).mode;
    const outcome = await snapshotter.apply(layer(archive(placed))).then(() => "unpacked", (error: unknown) => String(error));
    expect(outcome).toMatch(/^(unpacked|EngineError: (the archive))/);
    expect(readdirSync(outside).sort()).toEqual(["same", "victim"]);
    expect([readFileSync(join(outside, "victim"), "utf8"), readFileSync(join(folder, "victim"), "utf8")]).toEqual(["safe", "safe"]);
    expect([statSync(outside).mode, existsSync(join(folder, "escaped")), existsSync("/escaped")]).toEqual([before, false, false]);
    expect(readdirSync(folder).sort()).toEqual(["data", "outside", "victim"]);
  });
}
