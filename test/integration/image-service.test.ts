import { expect, test } from "bun:test";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { digestHex } from "../../src/base/index.ts";
import { archive, collect, configOf, digestOf, ImageWorld, layerOf, layoutArchive, manifestOf, pieces, savedArchive, type LayerParts } from "./image-world.ts";

const base = layerOf([{ name: "base", body: "base" }]);
const top = layerOf([{ name: "top", body: "top" }]);

function saved(names: readonly string[], layers: readonly LayerParts[], author: string): { bytes: Buffer; id: string } {
  const config = configOf(layers, { author });
  return { bytes: savedArchive([{ config, layers, names }]), id: digestHex(digestOf(config)) };
}

function short(id: string): string {
  return id.slice(0, 12);
}

test("an image is found by name, by digest, by id and by a unique beginning of an id", async () => {
  await using world = await ImageWorld.open();
  const { bytes, id } = saved(["app:1", "reg.example:5000/team/app"], [base], "a");
  await world.load(bytes);
  for (const text of ["app:1", "docker.io/library/app:1", "reg.example:5000/team/app", id, `sha256:${id}`, short(id), `sha256:${short(id)}`]) {
    expect(world.images.resolve(text).id).toEqual(digestOf(configOf([base], { author: "a" })));
  }
  for (const [text, shown] of [["app", "app:latest"], ["app:2", "app:2"], ["0000", "0000:latest"], ["0".repeat(64), "0".repeat(64)], [`app@sha256:${id}`, `app@sha256:${id}`]] as const) {
    expect(() => world.images.resolve(text)).toThrow(`No such image: ${shown}`);
  }
});

test("tag: another name, which survives a restart; a name that is none is refused", async () => {
  await using world = await ImageWorld.open();
  const { bytes, id } = saved(["app:1"], [base], "a");
  await world.load(bytes);
  await world.images.tag("app:1", { repository: "other", tag: "x" });
  await world.images.tag(short(id), { repository: "reg.example/app" });
  expect(world.images.tag("app:1", { repository: "Upper" })).rejects.toThrow("invalid reference");
  expect(world.images.tag("app:1", { repository: "app", tag: "no:tag" })).rejects.toThrow("invalid reference");
  expect(world.images.tag("app:1", { repository: `app@sha256:${id}` })).rejects.toThrow("refusing to create a tag with a digest reference");
  expect(world.images.tag("nothing", { repository: "x" })).rejects.toThrow("No such image: nothing:latest");
  await world.reopen();
  expect(await world.names()).toEqual(["app:1,other:x,reg.example/app:latest"]);
  expect(world.events.slice(1)).toEqual([`tag ${short(id)} other:x`, `tag ${short(id)} reg.example/app:latest`]);
  const { Metadata } = await world.images.inspect("other:x", { manifests: false });
  expect(Math.abs(Date.parse(Metadata.LastTagTime) - Date.now())).toBeLessThan(600_000);
});

test("remove: a name, then the image with its last; layers that another image has stay", async () => {
  await using world = await ImageWorld.open();
  const one = saved(["one:a", "one:b"], [base, top], "one");
  const two = saved(["two"], [base], "two");
  await world.load(one.bytes);
  await world.load(two.bytes);
  expect(await world.remove("one:a")).toEqual(["untagged one:a"]);
  const [, topChain = ""] = world.snapshotter.layers();
  expect(await world.remove("one:b")).toEqual(["untagged one:b", `deleted sha256:${short(one.id)}`, `deleted ${topChain.slice(0, 19)}`]);
  expect([await world.names(), world.content().layers.length, world.content().blobs.length]).toEqual([["two:latest"], 1, 3]);
  expect(await world.remove(short(two.id))).toEqual(["untagged two:latest", `deleted sha256:${short(two.id)}`, `deleted ${digestOf(base.tar).slice(0, 19)}`]);
  expect(world.content()).toEqual({ blobs: [], layers: [], aside: [] });
  expect(world.remove("two")).rejects.toThrow("No such image: two:latest");
  expect(world.events.slice(2)).toEqual([
    `untag ${short(one.id)} sha256:${one.id}`, `untag ${short(one.id)} sha256:${one.id}`, `delete ${short(one.id)} sha256:${one.id}`,
    `untag ${short(two.id)} sha256:${two.id}`, `delete ${short(two.id)} sha256:${two.id}`,
  ]);
});

test("remove: an id with several names, and an image that containers use, need force; a running container's image stays", async () => {
  await using world = await ImageWorld.open();
  const { bytes, id } = saved(["one", "two"], [base], "one");
  const key = digestOf(configOf([base], { author: "one" }));
  await world.load(bytes);
  expect(world.remove(id)).rejects.toThrow(`conflict: unable to delete ${short(id)} (must be forced) - image is referenced in multiple repositories`);
  world.users.set(key, [{ containerId: "c".repeat(64), running: false }]);
  expect(await world.remove("one")).toEqual(["untagged one:latest"]);
  expect(world.remove("two")).rejects.toThrow(
    `conflict: unable to remove repository reference "two" (must force) - container ${"c".repeat(12)} is using its referenced image ${short(id)}`,
  );
  expect(world.remove(id)).rejects.toThrow(`conflict: unable to delete ${short(id)} (must be forced) - image is being used by stopped container ${"c".repeat(12)}`);
  world.users.set(key, [{ containerId: "c".repeat(64), running: true }]);
  expect(world.remove(id, true)).rejects.toThrow(`conflict: unable to delete ${short(id)} (cannot be forced) - image is being used by running container ${"c".repeat(12)}`);
  expect(await world.remove("two", true)).toEqual(["untagged two:latest"]);
  expect(await world.names()).toEqual([""]);
});

test("remove by force: the layers stay while a container stands on them, and go when it is gone", async () => {
  await using world = await ImageWorld.open();
  const { bytes, id } = saved(["app"], [base, top], "a");
  await world.load(bytes);
  const { chain } = world.images.resolve("app");
  await world.snapshotter.create("box", chain);
  world.users.set(digestOf(configOf([base, top], { author: "a" })), [{ containerId: "box", running: false }]);
  expect(await world.remove("app", true)).toEqual(["untagged app:latest", `deleted sha256:${short(id)}`]);
  expect([world.content().layers.length, world.content().blobs]).toEqual([2, []]);
  await world.reopen();
  expect(world.content().layers.length).toBe(2);
  await world.snapshotter.remove("box");
  await world.images.collect();
  expect(world.content().layers).toEqual([]);
});

test("remove: the digest of a repository goes with its last tag", async () => {
  await using world = await ImageWorld.open();
  const config = configOf([base]);
  const digest = digestOf(manifestOf(config, [base]));
  await world.load(layoutArchive(config, [base], ["app:1"]));
  await world.images.tag("app:1", { repository: "app", tag: "2" });
  expect(await world.remove("app:1")).toEqual(["untagged app:1"]);
  expect((await world.remove("app:2")).slice(0, 2)).toEqual(["untagged app:2", `untagged app@${digest}`]);
  expect(await world.list()).toEqual([]);
});

test("what is held, as by a container in the making, is not removed under it", async () => {
  await using world = await ImageWorld.open();
  await world.load(saved(["app"], [base], "a").bytes);
  {
    using _hold = world.images.hold(world.images.resolve("app").id);
    await world.remove("app");
    expect(world.content().layers.length).toBe(1);
  }
  await world.images.collect();
  expect(world.content().layers).toEqual([]);
});

test("list: filters by label, age, neighbours, reference and for want of a name", async () => {
  await using world = await ImageWorld.open();
  const make = (names: readonly string[] | null, created: string, labels: Readonly<Record<string, string>>): Buffer =>
    savedArchive([{ config: configOf([base], { created, config: { Labels: labels } }), layers: [base], names }]);
  await world.load(make(["old:1", "reg.example/team/old:2"], "2020-01-01T00:00:00Z", { tier: "db" }));
  await world.load(make(["mid:1"], "2021-01-01T00:00:00.5Z", { tier: "web", extra: "" }));
  await world.load(make(null, "2022-01-01T00:00:00Z", {}));
  const names = async (filter: string, ...values: string[]): Promise<string[]> => await world.names(new Map([[filter as "label", values]]));
  const [old, mid] = ["old:1,reg.example/team/old:2", "mid:1"];
  expect(await world.names()).toEqual(["", mid, old]);
  expect(await names("label", "tier")).toEqual([mid, old]);
  expect(await names("label", "tier=web", "extra")).toEqual([mid]);
  expect(await names("label", "tier=web", "tier=db")).toEqual([]);
  expect(await names("before", "mid:1")).toEqual([old]);
  expect(await names("since", "old:1")).toEqual(["", mid]);
  expect(await names("until", "2020-06-01")).toEqual([old]);
  expect(await names("until", "1609459201")).toEqual([mid, old]);
  expect(await names("until", "1h")).toEqual(["", mid, old]);
  expect(names("until", "soon")).rejects.toThrow('invalid time "soon"');
  expect(await names("dangling", "true")).toEqual([""]);
  expect(await names("dangling", "false")).toEqual([mid, old]);
  expect(await names("reference", "old")).toEqual(["old:1"]);
  expect(await names("reference", "*:1")).toEqual([mid, "old:1"]);
  expect(await names("reference", "reg.example/*/*")).toEqual(["reg.example/team/old:2"]);
  expect(await names("reference", "m?d", "o[a-l]d:[^2]")).toEqual([mid, "old:1"]);
  expect(names("reference", "[")).rejects.toThrow("syntax error in pattern");
  expect(names("before", "nothing")).rejects.toThrow("No such image: nothing:latest");
});

test("import: an image of one layer, whatever it is compressed with, with the configuration that was asked for", async () => {
  await using world = await ImageWorld.open();
  const tar = archive([{ name: "bin/", type: "directory", mode: 0o755 }, { name: "bin/sh", mode: 0o755, body: "#!" }]);
  const changes = ["CMD [\"sh\", \"-l\"]", "ENV A=1 B=\"two words\"", "EXPOSE 80/tcp 53/udp", "LABEL x=y", "USER 1000", "WORKDIR /srv", "VOLUME /data", "ENTRYPOINT exec sh", "STOPSIGNAL SIGINT", "ONBUILD RUN x"];
  const id = await world.images.import(pieces(gzipSync(tar)), { repository: "mine", tag: "1", changes });
  const image = await world.images.inspect("mine:1", { manifests: false });
  expect([image.Id, image.Comment, image.RootFS.Layers, image.Size]).toEqual([id, "Imported from -", [digestOf(tar)], 2]);
  expect(image.Config).toEqual({
    Cmd: ["sh", "-l"], Env: ["A=1", "B=two words"], ExposedPorts: { "80/tcp": {}, "53/udp": {} }, Labels: { x: "y" }, User: "1000", WorkingDir: "/srv",
    Volumes: { "/data": {} }, Entrypoint: ["/bin/sh", "-c", "exec sh"], StopSignal: "SIGINT", OnBuild: ["RUN x"],
  });
  const nameless = await world.images.import(pieces(tar), { changes: [], message: "by hand", platform: { os: "linux", architecture: "arm64" } });
  expect(await world.images.inspect(nameless, { manifests: false })).toMatchObject({ RepoTags: [], Architecture: "arm64", Comment: "by hand" });
  expect(world.content().layers.length).toBe(1);
  expect(world.events).toEqual([`import ${id.slice(7, 19)} ${id}`, `tag ${id.slice(7, 19)} mine:1`, `import ${nameless.slice(7, 19)} ${nameless}`]);
});

test("import: what cannot become an image leaves nothing", async () => {
  await using world = await ImageWorld.open();
  const attempt = (bytes: Uint8Array, more: { changes?: string[]; repository?: string }): Promise<string> =>
    world.images.import(pieces(bytes), { changes: [], ...more }).then(() => "imported", String);
  const good = archive([]);
  expect(await attempt(Buffer.from("no archive".repeat(200)), {})).toContain("the archive is damaged");
  expect(await attempt(good, { changes: ["RUN rm -rf /"] })).toContain("RUN is not a valid change command");
  expect(await attempt(good, { changes: ["USER 4294967296"] })).toContain("invalid user");
  expect(await attempt(good, { repository: "UPPER" })).toContain("invalid reference");
  expect(await attempt(good, { repository: `x@${digestOf("x")}` })).toContain("cannot import digest reference");
  expect(await attempt(archive([{ name: "../x" }]), {})).toContain("leads out of its layer");
  async function* broken(): AsyncGenerator<Uint8Array> {
    yield await Promise.resolve(good.subarray(0, 512));
    throw new Error("the client is gone");
  }
  expect(await world.images.import(broken(), { changes: [] }).then(() => "imported", String)).toContain("the client is gone");
  expect([await world.list(), world.content()]).toEqual([[], { blobs: [], layers: [], aside: [] }]);
});

test("save: a repository means all its tags, an id none, and every image is there once", async () => {
  await using world = await ImageWorld.open();
  const one = saved(["app:1", "app:2", "other"], [base, top], "one");
  const two = saved(["second"], [base], "two");
  await world.load(one.bytes);
  await world.load(two.bytes);
  const load = async (...refs: string[]): Promise<string[]> => {
    await using copy = await ImageWorld.open();
    await copy.load(await collect(await world.images.save(refs, {})));
    return (await copy.names()).sort();
  };
  expect(await load("app")).toEqual(["app:1,app:2"]);
  expect(await load("app:1", "second:latest", "app:1")).toEqual(["app:1", "second:latest"]);
  expect(await load(short(one.id))).toEqual([""]);
  expect(await load(short(one.id), "other")).toEqual(["other:latest"]);
  expect(world.images.save(["app", "missing"], {})).rejects.toThrow("No such image: missing:latest");
  expect(world.events.filter((event) => event.startsWith("save")).length).toBe(5);
});

test("loads, tags and removals at once end with whole images or none", async () => {
  await using world = await ImageWorld.open();
  const images = [saved(["one"], [base, top], "one"), saved(["two"], [base], "two"), saved(["three"], [base, top, base], "three")];
  const work = images.flatMap(({ bytes, id }, i) => [0, 1, 2, 3].flatMap(() => [
    world.load(bytes).then(() => "loaded"),
    world.remove(id, true).then(() => "removed", String),
    world.images.tag(short(id), { repository: "also", tag: `${i}` }).then(() => "tagged", String),
  ]));
  for (const outcome of await Promise.all(work)) expect(outcome).toMatch(/^(?:loaded|removed|tagged|EngineError: No such image: \S+)$/);
  const rows = await world.list();
  const needed = new Set(rows.flatMap(({ Id }) => [digestHex(world.images.resolve(Id).manifest.digest), Id.slice(7)]));
  for (const { Id } of rows) {
    expect((await collect(await world.images.save([Id], {}))).length).toBeGreaterThan(1000);
    for (const layer of world.snapshotter.folders(world.images.resolve(Id).chain ?? digestOf(""))) expect(readdirSync(layer).length).toBe(1);
  }
  const { blobs, aside } = world.content();
  expect([[...needed].every((hex) => blobs.includes(hex)), aside]).toEqual([true, []]);
  for (const { Id } of rows) await world.remove(Id, true);
  expect([world.content(), readdirSync(join(world.root, "blobs/sha512"))]).toEqual([{ blobs: [], layers: [], aside: [] }, []]);
});
