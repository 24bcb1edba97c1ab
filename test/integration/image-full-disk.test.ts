import { expect, test } from "bun:test";
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { configOf, ImageWorld, layerOf, pieces, savedArchive } from "./image-world.ts";

const megabyte = 1024 * 1024;

/** Bytes that no file system makes smaller. */
function noise(size: number): Buffer {
  return Buffer.concat(Array.from({ length: Math.ceil(size / 32) }, (_, i) => createHash("sha256").update(`${i}`).digest()), size);
}

test("a full disk: load and import say so and leave nothing; what fits is loaded afterwards", async () => {
  const disk = mkdtempSync(join(tmpdir(), "disk-"));
  const mounted = spawnSync("mount", ["-t", "tmpfs", "-o", "size=16m,mode=0700", "tmpfs", disk], { encoding: "utf8" });
  expect([mounted.status, mounted.stderr]).toEqual([0, ""]);
  try {
    await using world = await ImageWorld.open(disk);
    const small = layerOf([{ name: "small", body: noise(megabyte) }]);
    await world.load(savedArchive([{ config: configOf([small]), layers: [small], names: ["kept"] }]));
    const before = world.content();
    // One that is full while the archive is laid aside, one while the layer is unpacked, and one with many files.
    const layers = [layerOf([{ name: "huge", body: noise(20 * megabyte) }]), layerOf([{ name: "large", body: noise(8 * megabyte) }]),
      layerOf(Array.from({ length: 400 }, (_, i) => ({ name: `f${i}`, body: noise(20_000) })))];
    for (const layer of layers) {
      expect(await world.load(savedArchive([{ config: configOf([layer]), layers: [layer], names: ["big"] }])).then(() => "loaded", String)).toContain("ENOSPC");
      expect(await world.images.import(pieces(layer.tar), { changes: [] }).then(() => "imported", String)).toContain("ENOSPC");
      expect([await world.names(), world.content()]).toEqual([["kept:latest"], before]);
    }
    const other = layerOf([{ name: "other", body: noise(2 * megabyte) }]);
    await world.load(savedArchive([{ config: configOf([other], { author: "other" }), layers: [other], names: ["fits"] }]));
    await world.reopen();
    expect((await world.names()).sort()).toEqual(["fits:latest", "kept:latest"]);
  } finally {
    spawnSync("umount", ["-l", disk]);
    rmSync(disk, { recursive: true });
  }
}, 120_000);
