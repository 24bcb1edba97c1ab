import { expect, test } from "bun:test";
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { configOf, digestOf, ImageWorld, layerOf, savedArchive, type Member } from "./image-world.ts";

const rounds = 25;

/** An engine's images in a process of their own, that loads and removes for ever and tells of each step. */
const worker = `
import { createReadStream } from "node:fs";
import { join } from "node:path";
import { openImageService } from ${JSON.stringify(join(import.meta.dir, "../../src/engine/image/index.ts"))};
import { BlobStore, emptyAside, openOverlaySnapshotter, Records } from ${JSON.stringify(join(import.meta.dir, "../../src/engine/store/index.ts"))};
const [, , dataRoot, archive] = process.argv;
emptyAside(dataRoot);
const images = await openImageService({
  dataRoot, records: Records.open(join(dataRoot, "state.db")), blobs: new BlobStore(dataRoot), snapshotter: openOverlaySnapshotter(dataRoot),
  warn: (message) => { throw new Error(message); }, surroundings: { usersOf: () => [], emit: () => {} },
});
const signal = new AbortController().signal;
for (;;) {
  console.log("load");
  await images.load(createReadStream(archive), { quiet: false, progress: async (message) => console.log(JSON.stringify(message)) }, signal);
  await images.tag("one", { repository: "extra" }, signal);
  console.log("remove");
  await images.remove("one", { force: true, noPrune: false, platforms: [] }, signal);
  console.log("removed");
  await images.remove("extra", { force: true, noPrune: false, platforms: [] }, signal);
}
`;

/** Runs it until it has told of so many steps, and a little on, and kills it. @returns what it complained of */
async function killAfter(arguments_: readonly string[], { steps, delay }: { readonly steps: number; readonly delay: number }): Promise<string> {
  const child = spawn(process.execPath, ["run", ...arguments_], { stdio: ["ignore", "pipe", "pipe"] });
  let complaint = "";
  child.stderr.on("data", (data: Buffer) => { complaint += data.toString(); });
  const ended = Promise.withResolvers<undefined>();
  child.once("close", () => { ended.resolve(undefined); });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  for (let seen = 0; seen < steps; seen++) await lines.next();
  await Bun.sleep(delay);
  child.kill("SIGKILL");
  await ended.promise;
  return complaint;
}

test("killed while it loads or removes: after a restart each image is whole or gone, and nothing else is there", async () => {
  await using world = await ImageWorld.open();
  const files = Array.from({ length: 400 }, (_, i): Member => ({ name: `d${i % 7}/f${i}`, body: Buffer.alloc(1 + (i * 37) % 9000, i) }));
  const layers = [layerOf(files.slice(0, 200)), layerOf(files.slice(200)), layerOf([{ name: ".wh.d1" }])];
  const [one, two] = [configOf(layers), configOf(layers.slice(0, 2))];
  const archive = join(world.root, "archive.tar");
  writeFileSync(archive, savedArchive([{ config: one, layers, names: ["one"] }, { config: two, layers: layers.slice(0, 2), names: ["two"] }]));
  const script = join(world.root, "worker.ts");
  writeFileSync(script, worker);
  const expected = new Map([["one", { config: one, layers }], ["two", { config: two, layers: layers.slice(0, 2) }]]);
  let whole = 0;
  for (let round = 0; round < rounds; round++) {
    // Another moment of the work in each round.
    expect(await killAfter([script, world.root, archive], { steps: 1 + round, delay: (round * 7) % 30 })).toBe("");
    await world.reopen();
    const blobs = new Set<string>();
    const chains = new Set<string>();
    for (const { Id } of await world.list()) {
      const found = [...expected.values()].find(({ config }) => digestOf(config) === Id);
      expect(found).toBeDefined();
      const { chain, manifest } = world.images.resolve(Id);
      const folders = chain === undefined ? [] : world.snapshotter.folders(chain);
      expect(folders.length).toBe(found?.layers.length ?? -1);
      const counts = folders.map((folder) => [...new Bun.Glob("**/*").scanSync({ cwd: folder, dot: true })].length);
      expect(counts.slice(-2)).toEqual([200, 200]);
      for (const digest of [Id, manifest.digest, ...(found?.layers ?? []).map(({ stored }) => digestOf(stored))]) blobs.add(digest.slice(7));
      for (const folder of folders) chains.add(folder.split("/").at(-2) ?? "");
      whole += 1;
    }
    expect(world.content()).toEqual({ blobs: [...blobs].sort(), layers: [...chains].sort(), aside: [] });
    expect(world.warnings).toEqual([]);
  }
  expect(whole).toBeGreaterThan(0);
}, 240_000);
