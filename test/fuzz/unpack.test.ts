import { expect, test } from "bun:test";
import { lstatSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isEngineError } from "../../src/base/index.ts";
import type { TarType } from "../../src/base/tar/index.ts";
import { archive, digestOf, ImageWorld, pieces, type Member } from "../integration/image-world.ts";
import { Dice } from "./mutate.ts";

const rounds = 250;
const names = ["a", "b", "a/b", "link", "link/x", "link/deep/er", "./a", "a/./c", ".wh.a", "link/.wh.victim", ".wh..wh..opq", "link/.wh..wh..opq", "/abs", "../up", "a/../../up", "x/", ".", "", "\u00ff"] as const;
const links = ["OUTSIDE", "OUTSIDE/victim", "..", "../../..", "/", "a", "link", "link/victim", ".", "b/c", ""] as const;
const types: readonly [TarType, ...TarType[]] = ["file", "directory", "symlink", "link", "fifo", "char"];

function member(dice: Dice, outside: string): Member {
  const type = dice.pick(types);
  return {
    name: dice.pick(names), type, mode: dice.pick([0o644, 0o4755, 0o777, 0] as const), uid: dice.roll(3), link: dice.pick(links).replace("OUTSIDE", outside),
    ...(type === "file" ? { body: "x".repeat(dice.roll(2000)) } : {}), ...(type === "char" ? { device: { major: dice.roll(2), minor: dice.roll(4) } } : {}),
  };
}

test("CVE-2025-47290, CVE-2021-32760: archives of random hostile members reach nothing outside, and leave a layer or nothing", async () => {
  await using world = await ImageWorld.open();
  const outside = join(world.root, "outside");
  mkdirSync(join(outside, "deep"), { recursive: true });
  writeFileSync(join(outside, "victim"), "safe", { mode: 0o600 });
  const look = (): unknown => {
    const { mode, uid, mtimeMs } = statSync(outside);
    const victim = lstatSync(join(outside, "victim"));
    return [readdirSync(outside).sort(), readdirSync(join(outside, "deep")), mode, uid, mtimeMs, victim.mode, victim.uid, victim.nlink, readFileSync(join(outside, "victim"), "utf8"), readdirSync(world.root).sort()];
  };
  const before = look();
  const dice = new Dice(7);
  let unpacked = 0;
  for (let round = 0; round < rounds; round++) {
    const bytes = archive(Array.from({ length: 1 + dice.roll(8) }, () => member(dice, outside)));
    if (dice.roll(4) === 0) bytes[dice.roll(bytes.length)] = dice.roll(256);
    const chain = digestOf(bytes);
    const layers = world.snapshotter.layers().length;
    try {
      await world.snapshotter.apply({ chain, parent: undefined, diffId: chain, archive: () => pieces(bytes) });
      unpacked += 1;
      await world.snapshotter.removeLayer(chain);
    } catch (error) {
      if (!isEngineError(error, "invalid-argument")) throw new Error(`round ${round}: ${String(error)}`, { cause: error });
    }
    expect(world.snapshotter.layers().length).toBe(layers);
    expect(look()).toEqual(before);
  }
  expect(unpacked).toBeGreaterThan(10);
  expect(world.content()).toEqual({ blobs: [], layers: [], aside: [] });
}, 240_000);
