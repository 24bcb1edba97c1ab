import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { readTar } from "../../base/tar/index.ts";
import type { BootstrapOptions } from "./base-source.ts";
import { bootstrapSource } from "./bootstrap-source.ts";
import { isStaticProgram } from "./static-program.ts";

const options: BootstrapOptions = { include: [], progress: () => Promise.resolve() };

test("bootstrapSource: what cannot be made is refused before anything runs", () => {
  expect(() => bootstrapSource("alpine", options)).toThrow('wharf cannot make "alpine" from packages');
  expect(() => bootstrapSource("debian:bookworm:x", options)).toThrow("wharf cannot make");
  for (const suite of ["--help", "", "../x", "a b", "Bookworm"]) expect(() => bootstrapSource(`debian:${suite}`, options)).toThrow("invalid suite");
  expect(() => bootstrapSource("debian:sid", { ...options, include: ["--customize-hook=id"] })).toThrow("invalid package name");
  expect(() => bootstrapSource("debian:sid", { ...options, mirror: "--hook=x" })).toThrow("invalid mirror");
  expect(() => bootstrapSource("busybox", { ...options, include: ["vim"] })).toThrow("nothing to include");
});

const busybox = (() => {
  try {
    return bootstrapSource("busybox", options);
  } catch {
    return undefined;
  }
})();

test.skipIf(busybox === undefined)("busybox: the same archive every time, with a shell, users and a folder that all may write", async () => {
  const list = async (): Promise<Map<string, string>> => {
    const found = new Map<string, string>();
    const stream = busybox?.archive();
    if (stream === undefined) return found;
    for await (const { name, type, mode, modified, link, size } of readTar(stream)) found.set(name, [type, mode.toString(8), modified.seconds, link, size].join(" "));
    return found;
  };
  const entries = await list();
  expect([...await list()]).toEqual([...entries]);
  expect(entries.get("bin/sh")).toMatch(/^link 755 \d+ bin\/busybox 0$/);
  expect(entries.get("usr/bin/env")).toMatch(/^link /);
  expect(entries.get("tmp/")).toMatch(/^directory 1777 /);
  expect(entries.get("root/")).toMatch(/^directory 700 /);
  expect(Number(entries.get("etc/passwd")?.split(" ")[4])).toBeGreaterThan(100);
  expect(busybox?.changes).toContain('CMD ["sh"]');
});

test("isStaticProgram: a program with a loader is not, nor is what is no program", () => {
  expect(isStaticProgram(readFileSync(process.execPath).subarray(0, 65_536))).toBe(false);
  expect(isStaticProgram(Buffer.from("#!/bin/sh\n".repeat(20)))).toBe(false);
  const program = Buffer.alloc(200);
  program.writeUInt32BE(0x7f454c46, 0);
  program.set([2, 1], 4);
  program.writeBigUInt64LE(64n, 32);
  program.writeUInt16LE(56, 54);
  program.writeUInt16LE(1, 56);
  program.writeUInt32LE(1, 64);
  expect(isStaticProgram(program)).toBe(true);
  program.writeUInt32LE(3, 64);
  expect(isStaticProgram(program)).toBe(false);
  program.writeUInt16LE(60_000, 56);
  expect(isStaticProgram(program)).toBe(false);
});
