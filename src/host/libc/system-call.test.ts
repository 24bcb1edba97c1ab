import { expect, test } from "bun:test";
import { cString } from "./c-string.ts";
import { Descriptor } from "./descriptor.ts";
import { errnoOf, isSystemError, SystemError } from "./system-error.ts";
import { succeed, systemCall } from "./system-call.ts";

const openat = systemCall<[number, Uint8Array, number, number]>("openat", "ipii");
const read = systemCall<[number, Uint8Array, number]>("read", "ipi");
const pread = systemCall<[number, Uint8Array, number, number]>("pread64", "ipii");
const currentDirectory = -100;
const closeOnExec = 0o2000000;

function open(path: string): Descriptor {
  return new Descriptor(succeed(openat(currentDirectory, cString(path), closeOnExec, 0), () => `open ${path}`));
}

test("systemCall: the kernel's result comes back", () => {
  using file = open("/proc/self/comm");
  const bytes = Buffer.alloc(64);
  const length = read(file.number, bytes, bytes.length);
  expect(length).toBeGreaterThan(0);
  expect(bytes.subarray(0, length).toString().endsWith("\n")).toBe(true);
});

test("systemCall: a failure comes back as minus errno, also under the pressure of the garbage collector", () => {
  for (let i = 0; i < 20_000; i++) {
    const result = openat(currentDirectory, cString(`/nowhere/${i}`), closeOnExec, 0);
    if (result !== -errnoOf("ENOENT")) throw new Error(`call ${i} gave ${result}`);
  }
});

test("systemCall.later: runs off the thread and gives the same", async () => {
  using file = open("/proc/version");
  const bytes = Buffer.alloc(5);
  expect(await pread.later(file.number, bytes, 5, 0)).toBe(5);
  expect(bytes.toString()).toBe("Linux");
  expect(await openat.later(currentDirectory, cString("/nowhere"), closeOnExec, 0)).toBe(-errnoOf("ENOENT"));
});

test("systemCall.later: as many as are asked for at once, each with its own result", async () => {
  using file = open("/proc/version");
  const buffers = Array.from({ length: 1000 }, () => Buffer.alloc(5));
  const lengths = await Promise.all(buffers.map(async (bytes) => pread.later(file.number, bytes, 5, 0)));
  expect(new Set(lengths)).toEqual(new Set([5]));
  expect(buffers.every((bytes) => bytes.toString() === "Linux")).toBe(true);
}, 30_000);

test("succeed: throws what was tried, with its code", () => {
  const attempt = (): unknown => open("/nowhere");
  expect(attempt).toThrow("open /nowhere: no such file or directory (ENOENT)");
  try {
    attempt();
  } catch (error) {
    expect(isSystemError(error, "ENOENT")).toBe(true);
    expect(isSystemError(error, "EPERM")).toBe(false);
  }
});

test("SystemError: a number without a name keeps its number", () => {
  expect(new SystemError("try", 4000).message).toBe("try: error 4000 (EUNKNOWN)");
  expect(new SystemError("write x", 28).hint).toContain("free some space");
});

test("Descriptor: is closed once and refuses to be used after", () => {
  const file = open("/proc/version");
  file.close();
  file.close();
  expect(() => file.number).toThrow("used after it was closed");
});

test("cString: a name with a NUL is refused, bytes that are no UTF-8 are kept", () => {
  expect(() => cString("a\0b")).toThrow("NUL");
  expect([...cString(Uint8Array.of(0xff, 0x61))]).toEqual([0xff, 0x61, 0]);
});
