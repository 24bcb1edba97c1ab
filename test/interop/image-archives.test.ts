import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { collect, configOf, digestOf, ImageWorld, layerOf, layoutArchive, savedArchive } from "../integration/image-world.ts";
import { Dockerd, dockerdMissing } from "../peer/dockerd.ts";

const plain = layerOf([{ name: "bin/", type: "directory", mode: 0o755 }, { name: "bin/program", mode: 0o4755, body: "first" }, { name: "bin/also", type: "link", link: "bin/program" }]);
const packed = layerOf([{ name: "bin/.wh.also" }, { name: "long".repeat(60), body: "x" }, { name: "pipe", type: "fifo" }], (tar) => gzipSync(tar));
const config = configOf([plain, packed], { config: { Cmd: ["program"], Labels: { made: "here" }, Env: ["A=b"] } });

/** A world with an image under two names, and an archive of it on disk. */
async function savedWorld(): Promise<{ world: ImageWorld; path: string }> {
  const world = await ImageWorld.open();
  await world.load(layoutArchive(config, [plain, packed], ["interop/app:1"]));
  await world.images.tag("interop/app:1", { repository: "reg.example:5000/app", tag: "two" });
  const path = join(world.root, "saved.tar");
  writeFileSync(path, await collect(await world.images.save(["interop/app:1", "reg.example:5000/app:two"], {})));
  return { world, path };
}

const noDockerd = dockerdMissing();

describe.skipIf(noDockerd !== undefined)(`image archives and dockerd${noDockerd === undefined ? "" : ` (skipped: ${noDockerd})`}`, () => {
  let peer: Dockerd;
  beforeAll(async () => { peer = await Dockerd.start("10.213.7.1/24"); }, 120_000);
  afterAll(async () => { await peer.close(); }, 120_000);

  test("what is saved here is loaded there as the same image", async () => {
    const { world, path } = await savedWorld();
    await using _world = world;
    const loaded = peer.command("load", "-q", "-i", path);
    expect([loaded.status, loaded.stderr]).toEqual([0, ""]);
    const there = peer.command("image", "inspect", "-f", "{{.Id}} {{json .RepoTags}} {{json .RootFS.Layers}} {{.Config.Labels.made}}", "interop/app:1");
    const layers = JSON.stringify([plain, packed].map(({ tar }) => digestOf(tar)));
    expect(there.stderr).toBe("");
    expect(there.stdout.trim()).toBe(`${digestOf(config)} ["interop/app:1","reg.example:5000/app:two"] ${layers} here`);
  }, 120_000);

  test("what is saved there is loaded here as the same image", async () => {
    await using world = await ImageWorld.open();
    const made = join(world.root, "made.tar");
    writeFileSync(made, savedArchive([{ config, layers: [plain, packed], names: ["from/there:1"] }]));
    expect(peer.command("load", "-q", "-i", made).status).toBe(0);
    const path = join(world.root, "peer.tar");
    expect(peer.command("save", "-o", path, "from/there:1").status).toBe(0);
    expect(await world.load(readFileSync(path))).toEqual([{ stream: "Loaded image: from/there:1\n" }]);
    expect(world.images.resolve("from/there:1").id).toBe(digestOf(config));
  }, 120_000);

  test("names and errors of load, tag, rmi and history are the same", async () => {
    await using world = await ImageWorld.open();
    const path = join(world.root, "both.tar");
    const bytes = savedArchive([{ config, layers: [plain, packed], names: ["both:1", "both:2"] }]);
    writeFileSync(path, bytes);
    expect((await world.load(bytes)).map(({ stream }) => stream).join("")).toBe(peer.command("load", "-q", "-i", path).stdout);
    const history = peer.command("history", "--no-trunc", "--format", "{{.ID}} {{.CreatedBy}}", "both:1").stdout.trim().split("\n");
    expect((await world.images.history("both:1", {})).map(({ Id, CreatedBy }) => `${Id} ${CreatedBy}`)).toEqual(history);
    const id = digestOf(config).slice(7, 19);
    peer.command("tag", "both:1", "second/name");
    await world.images.tag("both:1", { repository: "second/name" });
    for (const ref of [id, "both:1", "nothing", "second/name", "both:2"]) {
      const there = peer.command("rmi", ref);
      const here = await world.remove(ref).then((lines) => lines.filter((line) => line.startsWith("untagged")).join("\n"), (error: unknown) => String(error));
      const said = there.status === 0 ? there.stdout.split("\n").filter((line) => line.startsWith("Untagged")).join("\n") : there.stderr.trim();
      const words = (text: string): string => text.replace(/^(?:EngineError|Error response from daemon): /, "").replaceAll(": ", " ").toLowerCase();
      expect(words(here)).toBe(words(said));
    }
  }, 120_000);
});

const podman = Bun.which("podman");

describe.skipIf(podman === null)(`image archives and podman${podman === null ? " (skipped: podman is not installed)" : ""}`, () => {
  test("what is saved here is loaded there as the same image", async () => {
    const { world, path } = await savedWorld();
    await using _world = world;
    const storage = ["--root", join(world.root, "podman"), "--runroot", join(world.root, "podman-run"), "--storage-driver", "vfs"];
    const run = (...words: readonly string[]): { status: number | null; stdout: string; stderr: string } =>
      spawnSync(podman ?? "podman", [...storage, ...words], { encoding: "utf8", timeout: 100_000 });
    const loaded = run("load", "-i", path);
    expect([loaded.status, loaded.status === 0 ? "" : loaded.stderr]).toEqual([0, ""]);
    expect(run("images", "--no-trunc", "--quiet").stdout).toContain(digestOf(config));
  }, 120_000);
});
