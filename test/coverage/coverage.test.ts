import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseFlags, switchFlag, textFlag } from "../../src/client/cli/command/index.ts";
import { show } from "./evidence.ts";
import { flagsIn } from "./flags-used.ts";
import { fieldsOfFlags } from "./host-config-used.ts";
import { coverage, missing } from "./table.ts";

const tables = await coverage();

test("every operation, flag and field that is there has a test", () => {
  expect(missing(tables)).toEqual([]);
});

test("docs/coverage.md has every row, and names tests that do it; `bun test/coverage/write.ts` makes it anew", () => {
  const page = readFileSync(join(import.meta.dir, "../../docs/coverage.md"), "utf8");
  const shown = new Map([...page.matchAll(/^\| `([^`]+)` \| (.+) \|$/gm)].map(([, name = "", evidence = ""]) => [name, evidence]));
  // A row that says of something new that it is not there yet claims too little: it is no lie about a test.
  const absences = new Set(tables.flatMap(({ rows }) => rows.flatMap(({ absent }) => absent ?? [])));
  const wrong = tables.flatMap(({ rows }) => rows).filter(({ name, evidence }) => {
    const claimed = shown.get(name);
    return claimed === undefined || !(absences.has(claimed) || evidence.some((each) => show(each) === claimed));
  });
  expect(wrong.map(({ name }) => `${name}: ${shown.get(name) ?? "no row"}`)).toEqual([]);
});

describe("a line's flags are found as the command line itself finds them", () => {
  const command = { flags: [switchFlag("tty", "", { short: "t" }), switchFlag("rm", ""), textFlag("name", "", { short: "n" }), textFlag("env", "", { short: "e" })], isInterspersed: false };
  for (const line of ["-t --rm image --name x", "--name x --rm image", "-tn x image", "-tnx image -e", "--name=--rm image", "-e --rm image --tty", "-- --rm", "--rm=false - -t"]) {
    test(line, () => {
      const { flags } = parseFlags(line.split(" "), command.flags, { isInterspersed: false });
      const wanted = command.flags.map(({ name }) => name).filter((name) => flags.isGiven(name));
      expect([...new Set(flagsIn(line.split(" "), command).map(({ name }) => name))].sort()).toEqual(wanted.sort());
    });
  }
});

test("what a flag fills is read from the code that fills it", () => {
  const fields = fieldsOfFlags();
  const of = (flag: string): readonly string[] => fields.get(flag) ?? [];
  expect([of("memory"), of("cpus"), of("storage-opt"), of("cidfile")].map(([first]) => first)).toEqual(["Memory", "NanoCpus", "StorageOpt", "ContainerIDFile"]);
  expect(of("mount")).toContain("Mounts");
  expect(of("publish")).toContain("PortBindings");
});
