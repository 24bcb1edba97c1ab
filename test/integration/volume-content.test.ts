import { afterAll, beforeAll, expect, test } from "bun:test";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { TestEngine } from "../engine-harness.ts";

/** What wharf does with whole volumes and docker does not: other names, copies, archives. */
const patience = 120_000;
let engine: TestEngine;

beforeAll(async () => {
  engine = await TestEngine.start();
  await engine.addBusybox();
}, patience);

afterAll(async () => { await engine.close(); }, patience);

/** What is in a volume: names, modes, owners, and the content of `file`. */
function look(volume: string): string {
  return engine.output("wharf", "run", "--rm", "-v", `${volume}:/v`, "busybox", "sh", "-c", "cd /v; stat -c '%n %a %u %h' * | sort; cat file; readlink link");
}

function fill(volume: string): string {
  engine.output("wharf", "run", "--rm", "-v", `${volume}:/v`, "busybox", "sh", "-c", "cd /v; echo kept > file; chmod 640 file; chown 7 file; ln file same; mkdir sub; ln -s /outside link");
  return look(volume);
}

function names(): string[] {
  return engine.output("wharf", "volume", "ls", "-q").trim().split("\n").sort();
}

test("rename: content, labels and options stay; not while a container has it, nor to a name that is taken", () => {
  engine.output("wharf", "volume", "create", "--label", "a=b", "old");
  const before = fill("old");
  engine.output("wharf", "volume", "create", "taken");
  expect(engine.command("wharf", "volume", "rename", "old", "taken").stderr).toContain("a volume named taken is there already");
  expect(engine.command("wharf", "volume", "rename", "nosuch", "any").stderr).toContain("get nosuch: no such volume");
  expect(engine.command("wharf", "volume", "rename", "old", "../x").status).toBe(1);
  engine.output("wharf", "create", "--name", "holder", "-v", "old:/v", "busybox");
  expect(engine.command("wharf", "volume", "rename", "old", "new").stderr).toContain("rename old: volume is in use - [");
  engine.output("wharf", "rm", "holder");
  engine.output("wharf", "volume", "rename", "old", "new");
  expect(names()).toEqual(["new", "taken"]);
  expect(engine.output("wharf", "volume", "inspect", "-f", "{{json .Labels}}", "new").trim()).toBe('{"a":"b"}');
  expect(look("new")).toBe(before);
  engine.output("wharf", "volume", "rm", "new", "taken");
}, patience);

test("clone and snapshot: a copy of its own, also of one that is used, and of one with a file system of its own", () => {
  const before = fill("source");
  engine.output("wharf", "run", "-d", "--name", "user", "-v", "source:/v", "busybox", "sleep", "1000");
  expect(engine.output("wharf", "volume", "clone", "--label", "x=y", "source", "copy").trim()).toBe("copy");
  expect(engine.output("wharf", "volume", "inspect", "-f", "{{json .Labels}}", "copy").trim()).toBe('{"x":"y"}');
  expect(engine.command("wharf", "volume", "clone", "source", "copy").stderr).toContain("a volume named copy is there already");
  engine.output("wharf", "exec", "user", "sh", "-c", "echo changed > /v/file");
  expect(look("copy")).toBe(before);
  const snapshot = engine.output("wharf", "volume", "snapshot", "source").trim();
  expect(snapshot).toMatch(/^source\.\d{8}T\d{6}Z$/);
  expect(engine.output("wharf", "volume", "inspect", "-f", '{{index .Labels "wharf.snapshot.of"}}', snapshot).trim()).toBe("source");
  expect(engine.output("wharf", "volume", "snapshot", "--label", "why=test", "source", "before").trim()).toBe("before");
  expect(look(snapshot)).toContain("changed");
  engine.output("wharf", "rm", "-f", "user");
  engine.output("wharf", "volume", "create", "-o", "type=tmpfs", "-o", "device=tmpfs", "memory");
  expect(engine.output("wharf", "volume", "clone", "memory", "empty").trim()).toBe("empty");
  // Nobody has any of them any more.
  engine.output("wharf", "volume", "rm", "source", "copy", snapshot, "before", "memory", "empty");
}, patience);

test("export and import: an archive and back, with owners, modes and links; a damaged one leaves no new volume", () => {
  const before = fill("packed");
  const file = join(engine.root, "packed.tar");
  engine.output("wharf", "volume", "export", "-o", file, "packed");
  expect(engine.output("wharf", "volume", "import", "unpacked", file).trim()).toBe("unpacked");
  expect(look("unpacked")).toBe(before);
  writeFileSync(join(engine.root, "damaged.tar"), Buffer.alloc(2048, "no archive"));
  expect(engine.command("wharf", "volume", "import", "broken", join(engine.root, "damaged.tar")).status).toBe(1);
  expect(engine.command("wharf", "volume", "export", "nosuch").stderr).toContain("get nosuch: no such volume");
  expect(names()).toEqual(["packed", "unpacked"]);
  engine.output("wharf", "volume", "rm", "packed", "unpacked");
  rmSync(file);
}, patience);
