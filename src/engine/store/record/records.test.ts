import { expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Records } from "./records.ts";

function inFolder(run: (path: string) => void): void {
  const folder = mkdtempSync(join(tmpdir(), "records-"));
  try {
    run(join(folder, "state.db"));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function decode(value: unknown): { name: string } {
  if (typeof value !== "object" || value === null || !("name" in value) || typeof value.name !== "string") throw new Error("no name");
  return { name: value.name };
}

test("Records: what was put is there for the next who opens it", () => {
  inFolder((path) => {
    {
      using records = Records.open(path);
      const table = records.table("things", decode);
      table.put("b", { name: "second" });
      table.put("a", { name: "first" });
      table.put("a", { name: "changed" });
      table.put("c", { name: "gone" });
      table.delete("c");
      table.delete("never");
      records.flush();
    }
    using records = Records.open(path);
    const table = records.table("things", decode);
    expect([...table.all()]).toEqual([["a", { name: "changed" }], ["b", { name: "second" }]]);
    expect(table.get("b")).toEqual({ name: "second" });
    expect(table.get("c")).toBeUndefined();
  });
});

test("Records.together: all or nothing", () => {
  inFolder((path) => {
    using records = Records.open(path);
    const table = records.table("things", decode);
    const failing = (): void => {
      records.together(() => {
        table.put("a", { name: "half" });
        throw new Error("stop");
      });
    };
    expect(failing).toThrow("stop");
    expect(table.all().size).toBe(0);
  });
});

test("Records: a file that is none, and a record that is none, are told by name", () => {
  inFolder((path) => {
    writeFileSync(path, "this is no database, and long enough to be seen as none".repeat(20));
    expect(() => Records.open(path)).toThrow(/cannot read the engine's records in .*state\.db/);
  });
  inFolder((path) => {
    using records = Records.open(path);
    records.table<unknown>("things", (value) => value).put("x", { other: 1 });
    expect(() => records.table("things", decode).all()).toThrow("the record things/x");
  });
});
