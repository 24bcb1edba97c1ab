import { readFileSync } from "node:fs";
import { join } from "node:path";
import { operations, type OperationStatus } from "../../src/api/operations/index.ts";
import type { Command } from "../../src/client/cli/command/index.ts";
import { show, type Evidence, type EvidenceMap } from "./evidence.ts";
import { flagsUsed, loadCommands } from "./flags-used.ts";
import { hostConfigUsed } from "./host-config-used.ts";
import { operationsUsed } from "./operations-used.ts";

export interface Row {
  readonly name: string;
  /** Tests that exercise it, the most telling first. */
  readonly evidence: readonly Evidence[];
  /** Why it needs none: it is not there yet, or left to swarms. */
  readonly absent?: string;
}

export interface Table {
  readonly title: string;
  readonly about: string;
  readonly rows: readonly Row[];
}

const absences: Readonly<Record<Exclude<OperationStatus, "implemented">, string>> = {
  later: "not there yet", swarm: "answered as a node of no swarm does",
};

/** Every API operation, command, flag and field of HostConfig of the reference, and what exercises it. */
export async function coverage(): Promise<readonly Table[]> {
  const known = await loadCommands();
  return [
    { title: "API operations", about: "by tests before a real engine, in requests of their own or through a command line", rows: operationRows(operationsUsed(known)) },
    { title: "Commands and flags", about: "by lines that tests run", rows: flagRows(known, flagsUsed(known)) },
    { title: "Fields of HostConfig", about: "by containers that tests make with it", rows: fieldRows(hostConfigUsed(known)) },
  ];
}

function reference(file: string): string[] {
  return readFileSync(join(import.meta.dir, "reference", file), "utf8").trimEnd().split("\n");
}

function operationRows(used: EvidenceMap): Row[] {
  const byName = new Map(Object.values(operations).map((operation) => [`${operation.method} ${operation.path}`, operation.status]));
  return reference("operations.txt").map((name) => {
    const status = byName.get(name);
    if (status === undefined) return { name, evidence: [], absent: "unknown to src/api/operations" };
    return { name, evidence: used.of(name), ...(status === "implemented" ? {} : { absent: absences[status] }) };
  });
}

/** A flag that several commands share as one definition is exercised for all of them by one. */
function flagRows(known: ReadonlyMap<string, Command>, used: EvidenceMap): Row[] {
  return reference("commands.txt").flatMap((line) => {
    const [command = "", written = ""] = line.split(":");
    const definition = known.get(command);
    const flags = written.split(" ").filter((flag) => flag !== "");
    if (definition === undefined) return ["", ...flags].map((flag): Row => ({ name: `${command} ${flag}`.trimEnd(), evidence: [], absent: absences.later }));
    return [{ name: command, evidence: used.of(command) }, ...flags.map((flag): Row => {
      const name = `${command} ${flag}`;
      const own = definition.flags.find((candidate) => `--${candidate.name}` === flag);
      if (own === undefined) return { name, evidence: [] };
      const sharing = [...known].filter(([, other]) => other.flags.includes(own)).map(([path]) => `${path} ${flag}`);
      return { name, evidence: [name, ...sharing].flatMap((other) => used.of(other)) };
    })];
  });
}

function fieldRows(used: EvidenceMap): Row[] {
  return reference("host-config.txt").map((name) => ({ name, evidence: used.of(name) }));
}

/** What has neither a test nor a reason. */
export function missing(tables: readonly Table[]): string[] {
  return tables.flatMap(({ title, rows }) => rows.filter(({ evidence, absent }) => evidence.length === 0 && absent === undefined).map(({ name }) => `${title}: ${name}`));
}

/** The page docs/coverage.md. */
export function coveragePage(tables: readonly Table[]): string {
  const parts = tables.map(({ title, about, rows }) => `## ${title}\n\nExercised ${about}.\n\n| what | test |\n| --- | --- |\n${rows.map(rowText).join("\n")}\n`);
  return `# What tests what\n\nMade by \`bun test/coverage/write.ts\` from what the tests of this tree do: the steps of differential scripts, the lines, requests and\ncontainers in the code of tests (test/coverage). Each row shows the most telling test; \`test/coverage/coverage.test.ts\` fails for a\nrow without one, and for a test named here that does not do it any more.\n\n${parts.join("\n")}`;
}

function rowText({ name, evidence, absent }: Row): string {
  const [first] = evidence;
  return `| \`${name}\` | ${first === undefined ? absent ?? "none" : show(first)} |`;
}
