import type { ContainerConfig, EmptyObject } from "../../../api/types/index.ts";
import { EngineError, parseUserString } from "../../../base/index.ts";
import { parseCommand } from "./command.ts";
import { parseHealthcheck } from "./healthcheck.ts";
import { parsePairs, splitWords } from "./words.ts";

type Change = (config: ContainerConfig, rest: string) => Partial<ContainerConfig>;

const instructions: Readonly<Record<string, Change>> = {
  cmd: (_, rest) => ({ Cmd: parseCommand(rest) }),
  entrypoint: (_, rest) => ({ Entrypoint: parseCommand(rest) }),
  env: ({ Env }, rest) => ({ Env: parsePairs("ENV", rest).reduce(withVariable, Env ?? []) }),
  expose: ({ ExposedPorts }, rest) => ({ ExposedPorts: { ...ExposedPorts, ...keyed(words("EXPOSE", rest).flatMap(exposedPort)) } }),
  healthcheck: (_, rest) => ({ Healthcheck: parseHealthcheck(rest) }),
  label: ({ Labels }, rest) => ({ Labels: { ...Labels, ...Object.fromEntries(parsePairs("LABEL", rest)) } }),
  onbuild: ({ OnBuild }, rest) => ({ OnBuild: [...(OnBuild ?? []), given("ONBUILD", rest)] }),
  stopsignal: (_, rest) => ({ StopSignal: one("STOPSIGNAL", rest) }),
  user: (_, rest) => ({ User: checkedUser(one("USER", rest)) }),
  volume: ({ Volumes }, rest) => ({ Volumes: { ...Volumes, ...keyed(paths(rest)) } }),
  workdir: ({ WorkingDir }, rest) => ({ WorkingDir: workdir(WorkingDir, given("WORKDIR", rest)) }),
};

/**
 * Changes a configuration as instructions of a Dockerfile do: those that docker's import and commit take.
 * @throws EngineError `invalid-argument` that names the instruction
 */
export function applyChanges(config: ContainerConfig, changes: readonly string[]): ContainerConfig {
  return changes.flatMap((change) => change.split(/\r?\n/)).map((line) => line.trim()).filter((line) => line !== "" && !line.startsWith("#")).reduce(applyChange, config);
}

function applyChange(config: ContainerConfig, line: string): ContainerConfig {
  const [, name = "", rest = ""] = /^(\S+)\s*([^]*)$/.exec(line) ?? [];
  const word = name.toLowerCase();
  const change = Object.hasOwn(instructions, word) ? instructions[word] : undefined;
  if (change === undefined) throw new EngineError("invalid-argument", `${name} is not a valid change command`);
  return { ...config, ...change(config, rest.trim()) };
}

function given(instruction: string, rest: string): string {
  if (rest === "") throw new EngineError("invalid-argument", `${instruction} requires at least one argument`);
  return rest;
}

function words(instruction: string, rest: string): string[] {
  return splitWords(given(instruction, rest));
}

function one(instruction: string, rest: string): string {
  const [word, ...more] = words(instruction, rest);
  if (word === undefined || more.length > 0) throw new EngineError("invalid-argument", `${instruction} requires exactly one argument`);
  return word;
}

function checkedUser(user: string): string {
  parseUserString(user);
  return user;
}

function withVariable(env: readonly string[], [name, value]: readonly [string, string]): readonly string[] {
  const variable = `${name}=${value}`;
  const at = env.findIndex((other) => other === name || other.startsWith(`${name}=`));
  return at < 0 ? [...env, variable] : env.with(at, variable);
}

function exposedPort(word: string): string[] {
  const match = /^(\d{1,5})(?:-(\d{1,5}))?(?:\/(tcp|udp|sctp))?$/i.exec(word);
  const first = Number(match?.[1]);
  const last = Number(match?.[2] ?? match?.[1]);
  if (match === null || first < 1 || last > 65535 || last < first) throw new EngineError("invalid-argument", `EXPOSE: invalid port ${JSON.stringify(word.slice(0, 40))}`);
  const protocol = (match[3] ?? "tcp").toLowerCase();
  return Array.from({ length: last - first + 1 }, (_, i) => `${first + i}/${protocol}`);
}

function paths(rest: string): readonly string[] {
  const command = rest.startsWith("[") ? parseCommand(rest) : words("VOLUME", rest);
  const found = command.filter((path) => path.trim() !== "");
  if (found.length === 0 || found.length < command.length) throw new EngineError("invalid-argument", "VOLUME specified can not be an empty string");
  return found;
}

function keyed(names: readonly string[]): Record<string, EmptyObject> {
  return Object.fromEntries(names.map((name) => [name, {}]));
}

function workdir(before: string, path: string): string {
  const parts: string[] = [];
  for (const part of (path.startsWith("/") ? path : `${before}/${path}`).split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "" && part !== ".") parts.push(part);
  }
  return `/${parts.join("/")}`;
}
