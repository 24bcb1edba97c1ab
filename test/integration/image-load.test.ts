import { expect, test } from "bun:test";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync, zstdCompressSync } from "node:zlib";
import { digestHex } from "../../src/base/index.ts";
import { archive, collect, configOf, digestOf, ImageWorld, layerOf, layoutArchive, manifestOf, pieces, savedArchive } from "./image-world.ts";

const base = layerOf([{ name: "etc/", type: "directory", mode: 0o755 }, { name: "etc/base", body: "base" }]);
const top = layerOf([{ name: "top", body: "top!" }]);

test("an archive of docker save, plain or compressed, is loaded once, however often it is loaded", async () => {
  await using world = await ImageWorld.open();
  const config = configOf([base, top]);
  const bytes = savedArchive([{ config, layers: [base, top], names: ["app:1", "app:2"] }]);
  for (const packed of [bytes, gzipSync(bytes), zstdCompressSync(bytes)]) {
    expect(await world.load(packed)).toEqual([{ stream: "Loaded image: app:1\n" }, { stream: "Loaded image: app:2\n" }]);
  }
  const [row, ...others] = await world.list();
  expect(others).toEqual([]);
  expect(row).toMatchObject({ Id: digestOf(config), RepoTags: ["app:1", "app:2"], RepoDigests: [], Size: 8, SharedSize: 0, Created: 1_767_323_045 });
  expect(world.content().layers.length).toBe(2);
  expect(world.content().blobs.length).toBe(4);
  expect(world.content().aside).toEqual([]);
  expect(world.events.every((event) => event === `load ${digestHex(digestOf(config)).slice(0, 12)} ${digestOf(config)}`)).toBe(true);
  const before = world.content();
  await world.reopen();
  expect([await world.names(), world.content(), world.warnings]).toEqual([["app:1,app:2"], before, []]);
});

test("an OCI layout keeps its digests, whatever its layers are compressed with, also to save and load again", async () => {
  for (const compress of [(tar: Buffer) => tar, (tar: Buffer) => gzipSync(tar), (tar: Buffer) => zstdCompressSync(tar)]) {
    await using world = await ImageWorld.open();
    const layers = [layerOf([{ name: "a", body: "a".repeat(5000) }], compress), layerOf([{ name: "b", body: "b" }], compress)];
    const config = configOf(layers);
    const digest = digestOf(manifestOf(config, layers));
    expect(await world.load(layoutArchive(config, layers, ["tool:1.0"]))).toEqual([{ stream: "Loaded image: tool:1.0\n" }]);
    expect((await world.list())[0]).toMatchObject({ Id: digestOf(config), RepoTags: ["tool:1.0"], RepoDigests: [`tool@${digest}`] });
    expect(world.images.resolve(`tool@${digest}`).id).toBe(digestOf(config));
    const saved = await collect(await world.images.save(["tool:1.0"], {}));
    expect(saved.equals(await collect(await world.images.save(["tool:1.0"], {})))).toBe(true);
    await using other = await ImageWorld.open();
    await other.load(saved);
    expect((await other.list())[0]).toMatchObject({ Id: digestOf(config), RepoTags: ["tool:1.0"], RepoDigests: [`tool@${digest}`] });
    const inspected = await other.images.inspect("tool:1.0", { manifests: true });
    expect([inspected.Descriptor?.digest, inspected.RootFS.Layers]).toEqual([digest, layers.map(({ tar }) => digestOf(tar))]);
    expect(other.content()).toEqual(world.content());
  }
});

test("layers that images share are there once, and one that an image has twice is as well", async () => {
  await using world = await ImageWorld.open();
  const one = configOf([base, top, top]);
  const two = configOf([base], { config: { Cmd: ["other"] } });
  await world.load(savedArchive([{ config: one, layers: [base, top, top], names: ["one"] }, { config: two, layers: [base], names: ["two"] }]));
  expect(world.content().layers.length).toBe(3);
  expect(world.content().blobs.length).toBe(2 + 2 + 2);
  const rows = await world.list();
  expect(rows.map(({ RepoTags, SharedSize, Size }) => [RepoTags?.[0], SharedSize, Size]).sort()).toEqual([["one:latest", 4, 12], ["two:latest", 4, 4]]);
  expect((await world.images.history("one", {})).map(({ CreatedBy, Size, Tags }) => [CreatedBy, Size, Tags])).toEqual([
    ["step 2", 4, ["one:latest"]], ["step 1", 4, null], ["step 0", 4, null],
  ]);
  await world.remove("one");
  expect([world.content().layers.length, world.content().blobs.length]).toEqual([1, 3]);
});

test("a name moves to the image that was loaded last, and the other stays without it", async () => {
  await using world = await ImageWorld.open();
  const [one, two] = [configOf([base]), configOf([base], { author: "two" })];
  await world.load(savedArchive([{ config: one, layers: [base], names: ["app"] }]));
  expect(await world.load(savedArchive([{ config: two, layers: [base], names: ["app"] }, { config: one, layers: [base], names: null }]))).toEqual([
    { stream: `The image app:latest already exists, renaming the old one with ID ${digestOf(one)} to empty string\n` },
    { stream: "Loaded image: app:latest\n" },
    { stream: `Loaded image ID: ${digestOf(one)}\n` },
  ]);
  expect((await world.names()).sort()).toEqual(["", "app:latest"]);
  expect(await world.names(new Map([["dangling", ["true"]]]))).toEqual([""]);
});

test("an index leads to the manifest for the platform, past what is no image", async () => {
  await using world = await ImageWorld.open();
  const wanted = configOf([base]);
  const foreign = configOf([top], { architecture: "s390x" });
  const blob = (content: string): { name: string; body: string } => ({ name: `blobs/sha256/${digestHex(digestOf(content))}`, body: content });
  const manifests = [[foreign, top, "s390x"], [wanted, base, "amd64"]] as const;
  const mediaType = "application/vnd.oci.image.manifest.v1+json";
  const index = JSON.stringify({
    schemaVersion: 2, manifests: manifests.map(([config, layer, architecture]) => {
      const manifest = manifestOf(config, [layer]);
      return { mediaType, digest: digestOf(manifest), size: manifest.length, platform: { os: "linux", architecture } };
    }),
  });
  const artifact = JSON.stringify({ schemaVersion: 2, config: { mediaType: "application/vnd.example+json", digest: digestOf("{}"), size: 2 }, layers: [] });
  const bytes = archive([
    { name: "oci-layout", body: '{"imageLayoutVersion":"1.0.0"}' },
    ...[index, artifact, wanted, foreign, "{}", manifestOf(wanted, [base]), manifestOf(foreign, [top])].map(blob),
    { name: `blobs/sha256/${digestHex(digestOf(base.stored))}`, body: base.stored }, { name: `blobs/sha256/${digestHex(digestOf(top.stored))}`, body: top.stored },
    { name: "index.json", body: JSON.stringify({ schemaVersion: 2, manifests: [
      { mediaType, digest: digestOf(artifact), size: artifact.length },
      { mediaType: "application/vnd.oci.image.index.v1+json", digest: digestOf(index), size: index.length, annotations: { "io.containerd.image.name": "docker.io/library/multi:1" } },
    ] }) },
  ]);
  await world.images.load(pieces(bytes), { quiet: true, progress: () => Promise.resolve(), platform: { os: "linux", architecture: "amd64" } }, new AbortController().signal);
  expect(world.images.resolve("multi:1").id).toBe(digestOf(wanted));
  expect(world.images.inspect("multi:1", { manifests: false, platform: { os: "linux", architecture: "arm64" } })).rejects.toThrow(
    "image with reference multi:1 was found but does not provide the specified platform (linux/arm64)",
  );
  await world.images.load(pieces(bytes), { quiet: true, progress: () => Promise.resolve(), platform: { os: "linux", architecture: "s390x" } }, new AbortController().signal);
  expect(world.images.resolve("multi:1").architecture).toBe("s390x");
});

test("progress: a layer is named by its content, and its end is told", async () => {
  await using world = await ImageWorld.open();
  const big = layerOf([{ name: "big", body: Buffer.alloc(3_500_000, 7) }]);
  const said = await world.load(savedArchive([{ config: configOf([big]), layers: [big], names: ["big"] }]), false);
  const layers = said.filter(({ status }) => status === "Loading layer");
  expect(layers.length).toBeGreaterThanOrEqual(3);
  expect(layers.every(({ id }) => id === digestHex(digestOf(big.tar)).slice(0, 12))).toBe(true);
  expect(layers.at(-1)?.progressDetail).toEqual({ current: big.tar.length, total: big.tar.length });
});

const lie = layerOf([{ name: "a", body: "other" }]);
const hostile: readonly (readonly [string, Buffer, RegExp])[] = [
  ["nothing in it", archive([]), /the archive holds no image/],
  ["a root file system", archive([{ name: "bin/sh", body: "x" }]), /the archive holds no image/],
  ["no archive", Buffer.from("x".repeat(3000)), /the archive is damaged/],
  ["cut off", savedArchive([{ config: configOf([base]), layers: [base], names: ["x"] }]).subarray(0, 2000), /the archive is damaged/],
  ["cut off and compressed", gzipSync(savedArchive([{ config: configOf([base]), layers: [base], names: ["x"] }])).subarray(0, 200), /gzip data is damaged/],
  ["another layer than promised", savedArchive([{ config: configOf([base]), layers: [lie], names: ["x"] }]), /not what its image promises/],
  ["another compressed layer than promised", savedArchive([{ config: configOf([base]), layers: [layerOf([], () => gzipSync(lie.tar))], names: ["x"] }]), /not what its image promises/],
  ["fewer layers than promised", savedArchive([{ config: configOf([base, top]), layers: [base], names: ["x"] }]), /has 1 layers and its configuration names 2/],
  ["a bad name", savedArchive([{ config: configOf([base]), layers: [base], names: ["../../x"] }]), /invalid reference/],
  ["a configuration that is no JSON", savedArchive([{ config: "{", layers: [], names: ["x"] }]), /image configuration of the image is invalid/],
  ["a configuration of the wrong shape", savedArchive([{ config: '{"rootfs":{"diff_ids":["sha256:../../x"]}}', layers: [], names: ["x"] }]), /invalid digest/],
  ["for another system", savedArchive([{ config: configOf([base], { os: "windows" }), layers: [base], names: ["x"] }]), /the image is for windows/],
  ["a blob that is not what its name says", layoutArchive(configOf([base]), [base], ["x"], [{ name: `blobs/sha256/${digestHex(digestOf(base.stored))}`, body: "other" }]), /is something else/],
  ["a missing file", archive([{ name: "manifest.json", body: '[{"Config":"../../../etc/passwd","RepoTags":["x"],"Layers":[]}]' }]), /refers to \.\.\/\.\.\/\.\.\/etc\/passwd, which is not in it/],
  ["a link out of the archive", archive([{ name: "c.json", type: "symlink", link: "/etc/passwd" }, { name: "manifest.json", body: '[{"Config":"c.json","RepoTags":["x"],"Layers":[]}]' }]), /refers to c\.json, which is not in it/],
  ["links in a circle", archive([{ name: "a", type: "symlink", link: "b" }, { name: "b", type: "symlink", link: "a" }, { name: "manifest.json", body: '[{"Config":"a","Layers":[]}]' }]), /refers to a, which is not in it/],
  ["a layer that leads out", savedArchive([((layer) => ({ config: configOf([layer]), layers: [layer], names: ["x"] }))(layerOf([{ name: "../x", body: "" }]))]), /leads out of its layer/],
];

for (const [name, bytes, error] of hostile) {
  test(`load refuses an archive with ${name}, and nothing of it stays`, async () => {
    await using world = await ImageWorld.open();
    expect(await world.load(bytes).then(() => "loaded", String)).toMatch(error);
    expect([await world.list(), world.content()]).toEqual([[], { blobs: [], layers: [], aside: [] }]);
    await world.load(savedArchive([{ config: configOf([base]), layers: [base], names: ["good"] }]));
    expect(await world.names()).toEqual(["good:latest"]);
  });
}

test("CVE-2022-23648, CVE-2026-53488: what an image's configuration says is kept as data and nothing acts on it", async () => {
  await using world = await ImageWorld.open();
  const config = configOf([base], { config: {
    Labels: { "io.containerd.snapshot.ref": "x", "com.docker.compose.project": "../..", ["__proto__"]: "y" },
    Volumes: { "/../../../etc": {}, "relative": {} }, Env: ["=x", "NO_EQUALS", "LD_PRELOAD=/x"], User: "4294967296", WorkingDir: "../../..", Cmd: ["\u0000"],
  } });
  await world.load(savedArchive([{ config, layers: [base], names: ["odd"] }]));
  const { Config } = await world.images.inspect("odd", { manifests: false });
  expect([Config.User, Config.WorkingDir, Object.keys(Config.Volumes ?? {}).sort(), Object.keys(Config.Labels ?? {}).length]).toEqual(["4294967296", "../../..", ["/../../../etc", "relative"], 3]);
  expect(world.content().layers.length).toBe(1);
});

test("an image whose configuration is damaged on disk is left out, and loading it again mends it", async () => {
  await using world = await ImageWorld.open();
  const [good, bad] = [configOf([base]), configOf([base, top], { author: "bad" })];
  const bytes = savedArchive([{ config: good, layers: [base], names: ["good"] }, { config: bad, layers: [base, top], names: ["bad"] }]);
  await world.load(bytes);
  const path = join(world.root, "blobs/sha256", digestHex(digestOf(bad)));
  writeFileSync(path, readFileSync(path, "utf8").replace("bad", "bat"));
  await world.reopen();
  expect([await world.names(), world.warnings.length]).toEqual([["good:latest"], 1]);
  expect(world.warnings[0]).toContain("is damaged on disk");
  await world.load(bytes);
  await world.reopen();
  expect([(await world.names()).sort(), world.warnings.length]).toEqual([["bad:latest", "good:latest"], 1]);
});
