import { afterEach, beforeEach, expect, test } from "bun:test";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Volume, VolumeCreateBody, VolumeFilter } from "../../api/types/index.ts";
import { isEngineError } from "../../base/index.ts";
import { Records } from "../store/index.ts";
import { VolumeService } from "./index.ts";

let root: string;
let records: Records;
let events: string[];

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "volumes-"));
  records = Records.open(join(root, "state.db"));
  events = [];
});

afterEach(() => {
  records.close();
  rmSync(root, { recursive: true });
});

function open(): VolumeService {
  return new VolumeService({
    dataRoot: root, partsFolder: join(root, "parts"), records, now: () => new Date("2026-01-02T03:04:05.678Z"),
    emit: (action, name, attributes) => { events.push(`${action} ${name} ${JSON.stringify(attributes)}`); },
  });
}

const body: VolumeCreateBody = { Name: "", Driver: "", DriverOpts: null, Labels: null };
const wish = { name: undefined, driver: "", driverOptions: {}, labels: {} };

async function names(volumes: VolumeService, filters: readonly (readonly [VolumeFilter, readonly string[]])[] = []): Promise<string[]> {
  return ((await volumes.list(new Map(filters))).Volumes ?? []).map(({ Name }) => Name);
}

async function failure(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    if (isEngineError(error)) return `${error.kind}: ${error.message}`;
    throw error;
  }
  return "";
}

test("create: what inspect shows, also after a restart; a second creation answers the first", async () => {
  const expected: Volume = {
    Name: "data", Driver: "local", Mountpoint: join(root, "volumes/data/_data"), CreatedAt: "2026-01-02T03:04:05Z", Labels: { a: "b" }, Options: null, Scope: "local",
  };
  const volumes = open();
  expect(await volumes.create({ ...body, Name: "data", Labels: { a: "b" } })).toEqual(expected);
  expect(await volumes.create({ ...body, Name: "data", Labels: { other: "c" } })).toEqual(expected);
  expect(await open().inspect("data")).toEqual(expected);
  expect(events).toEqual(['create data {"driver":"local"}']);
});

test("create: without a name it gets one and docker's label", async () => {
  const { Name, Labels } = await open().create({ ...body, Labels: { x: "y" } });
  expect(Name).toMatch(/^[0-9a-f]{64}$/);
  expect(Labels).toEqual({ x: "y", "com.docker.volume.anonymous": "" });
});

test.each([
  [{ Name: "a" }, "invalid-argument: create a: volume name is too short, names should be at least two alphanumeric characters"],
  [{ Name: "../x" }, 'invalid-argument: create ../x: "../x" includes invalid characters for a local volume name, only "[a-zA-Z0-9][a-zA-Z0-9_.-]" are allowed. If you intended to pass a host directory, use absolute path'],
  [{ Name: "ab", Driver: "nope" }, 'not-found: create ab: error looking up volume plugin nope: plugin "nope" not found'],
  [{ Name: "ab", DriverOpts: { colour: "red" } }, 'invalid-argument: create ab: invalid option: "colour"'],
  [{ Name: "ab", DriverOpts: { type: "tmpfs" } }, 'invalid-argument: create ab: missing required option: "device"'],
  [{ Name: "ab", DriverOpts: { size: "1g" } }, "invalid-argument: create ab: quota size requested but no quota support"],
])("create refuses %j and leaves nothing", async (wrong, text) => {
  const volumes = open();
  expect(await failure(volumes.create({ ...body, ...wrong }))).toBe(text);
  expect(readdirSync(join(root, "volumes"))).toEqual([]);
  expect(await names(volumes)).toEqual([]);
});

test("remove: the folder and the record are gone, and a second removal says so", async () => {
  const volumes = open();
  await volumes.create({ ...body, Name: "data" });
  writeFileSync(join(root, "volumes/data/_data/file"), "x");
  const both = [failure(volumes.remove("data", { force: false })), failure(volumes.remove("data", { force: false }))];
  expect(await Promise.all(both)).toEqual(["", "not-found: get data: no such volume"]);
  expect(existsSync(join(root, "volumes/data"))).toBe(false);
  expect(readdirSync(join(root, "tmp"))).toEqual([]);
  expect(await failure(volumes.remove("data", { force: true }))).toBe("");
  expect(await failure(volumes.inspect("data"))).toBe("not-found: get data: no such volume");
  expect(events.filter((event) => event.startsWith("destroy"))).toHaveLength(1);
});

test("acquire: a held volume is not removed nor pruned; released, the one without a name goes with its container", async () => {
  const volumes = open();
  const { Name: anonymous } = await volumes.acquire(wish, "c1");
  await volumes.acquire({ ...wish, name: "data" }, "c1");
  await volumes.acquire({ ...wish, name: "data" }, "c2");
  expect(await failure(volumes.remove("data", { force: true }))).toBe("conflict: remove data: volume is in use - [c1, c2]");
  expect(await names(volumes, [["dangling", ["true"]]])).toEqual([]);
  expect((await volumes.prune(new Map([["all", ["1"]]]))).VolumesDeleted).toEqual([]);
  await volumes.release("c1", { removeAnonymous: true });
  expect(volumes.find(anonymous)).toBeUndefined();
  expect(await failure(volumes.remove("data", { force: false }))).toBe("conflict: remove data: volume is in use - [c2]");
  await volumes.release("c2", { removeAnonymous: true });
  expect(await names(volumes, [["dangling", ["true"]]])).toEqual(["data"]);
});

test("list: filters", async () => {
  const volumes = open();
  await volumes.create({ ...body, Name: "web-data", Labels: { tier: "front", a: "" } });
  await volumes.create({ ...body, Name: "db-data", Labels: { tier: "back" } });
  await volumes.acquire({ ...wish, name: "held" }, "c1");
  expect(await names(volumes)).toEqual(["db-data", "held", "web-data"]);
  expect(await names(volumes, [["name", ["^web", "db"]]])).toEqual(["db-data", "web-data"]);
  expect(await names(volumes, [["name", ["("]]])).toEqual([]);
  expect(await names(volumes, [["label", ["tier"]]])).toEqual(["db-data", "web-data"]);
  expect(await names(volumes, [["label", ["tier=front", "a="]]])).toEqual(["web-data"]);
  expect(await names(volumes, [["driver", ["nfs"]]])).toEqual([]);
  expect(await names(volumes, [["dangling", ["0"]]])).toEqual(["held"]);
});

test("prune: those without a name, or all, less what labels keep; the space is told", async () => {
  const volumes = open();
  const { Name: anonymous } = await volumes.create(body);
  writeFileSync(join(root, "volumes", anonymous, "_data/file"), "12345");
  await volumes.create({ ...body, Name: "one", Labels: { keep: "yes" } });
  await volumes.create({ ...body, Name: "two" });
  expect(await volumes.prune(new Map())).toEqual({ VolumesDeleted: [anonymous], SpaceReclaimed: 5 });
  expect(await volumes.prune(new Map([["all", ["true"]], ["label!", ["keep=yes"]]]))).toEqual({ VolumesDeleted: ["two"], SpaceReclaimed: 0 });
  expect(await names(volumes)).toEqual(["one"]);
  expect(events.at(-1)).toBe('prune  {"reclaimed":"0"}');
});

test("start after a crash: half-made folders go, content without a record stays, a removal under way is finished", async () => {
  await open().create({ ...body, Name: "removed" });
  rmSync(join(root, "volumes/removed"), { recursive: true });
  mkdirSync(join(root, "volumes/half/_data"), { recursive: true });
  mkdirSync(join(root, "volumes/lost/_data"), { recursive: true });
  writeFileSync(join(root, "volumes/lost/_data/file"), "precious");
  const volumes = open();
  expect(await names(volumes)).toEqual(["lost"]);
  expect(readdirSync(join(root, "volumes"))).toEqual(["lost"]);
  volumes.hold("removed", "c1");
  expect(await names(volumes)).toEqual(["lost", "removed"]);
});
