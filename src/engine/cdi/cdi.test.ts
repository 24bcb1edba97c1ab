import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DeviceRequest } from "../../api/types/index.ts";
import { resolveDeviceRequests } from "./index.ts";

let folder: string;
let folders: readonly string[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "cdi-"));
  folders = [join(folder, "etc"), join(folder, "run"), join(folder, "not-there")];
  for (const each of folders.slice(0, 2)) mkdirSync(each);
});

afterEach(() => { rmSync(folder, { recursive: true }); });

const spec = (kind: string, devices: readonly string[], mark: string): string => JSON.stringify({
  cdiVersion: "0.6.0", kind, containerEdits: { env: [`SHARED=${mark}`] }, devices: devices.map((name) => ({ name, containerEdits: { env: [`${name.toUpperCase()}=${mark}`] } })),
});

function environment(...requests: readonly Partial<DeviceRequest>[]): readonly string[] {
  const whole = requests.map((request) => ({ Driver: "", Count: 0, DeviceIDs: null, Capabilities: null, Options: null, ...request }));
  return resolveDeviceRequests(whole, folders).flatMap(({ env }) => env);
}

const cdi = (...ids: readonly string[]): Partial<DeviceRequest> => ({ Driver: "cdi", DeviceIDs: ids });

test("resolveDeviceRequests: what devices of a file share counts once, and the later folder before the earlier", () => {
  writeFileSync(join(folder, "etc/a.json"), spec("vendor.com/net", ["a", "b"], "etc"));
  writeFileSync(join(folder, "run/b.yaml"), "kind: vendor.com/net\ncontainerEdits:\n  env: [SHARED=run]\ndevices:\n  - name: b\n    containerEdits:\n      env:\n        - B=run\n");
  writeFileSync(join(folder, "etc/notes.txt"), "not a description");
  expect(environment(cdi("vendor.com/net=a"))).toEqual(["SHARED=etc", "A=etc"]);
  expect(environment(cdi("vendor.com/net=b"), cdi("vendor.com/net=b"))).toEqual(["SHARED=run", "B=run"]);
  expect(environment()).toEqual([]);
});

test("resolveDeviceRequests: --gpus means the devices of the driver that is there", () => {
  writeFileSync(join(folder, "etc/gpu.json"), spec("nvidia.com/gpu", ["0", "1", "all"], "x"));
  const gpu = { Capabilities: [["gpu"]] };
  expect(environment({ ...gpu, Count: -1 })).toEqual(["SHARED=x", "ALL=x"]);
  expect(environment({ ...gpu, Count: 2 })).toEqual(["SHARED=x", "0=x", "1=x"]);
  expect(environment({ ...gpu, Driver: "nvidia", DeviceIDs: ["1"] })).toEqual(["SHARED=x", "1=x"]);
  expect(() => environment({ ...gpu, Driver: "amd", Count: 1 })).toThrow('could not select device driver "amd" with capabilities: [[gpu]]');
});

test("resolveDeviceRequests: devices that there are not, and files that cannot be read, are told", () => {
  writeFileSync(join(folder, "etc/broken.json"), '{"kind": 1}');
  expect(() => environment(cdi("vendor.com/net=c", "x"))).toThrow("CDI device injection failed: unresolvable CDI devices vendor.com/net=c, x");
  expect(() => environment({ Count: -1, Capabilities: [["gpu"]] })).toThrow('could not select device driver "" with capabilities: [[gpu]]');
});
