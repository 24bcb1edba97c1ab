import { isEngineError } from "../../base/index.ts";
import {
  arityProblem, CommandFailure, dependsOnEngine, listFlag, OutputClosed, parseFlags, replacedFlags, switchFlag, textFlag, unsupported,
  type Command, type Flag, type ParsedLine, type Stdio,
} from "./command/index.ts";
import type { CommandLine } from "./command-line.ts";
import { LazyEngine } from "./lazy-engine.ts";
import { lineSettings, type LineSettings } from "./line-settings.ts";
import { emphasised, errorText } from "./output/index.ts";
import { productVersion } from "./product-version/index.ts";
import { commands, groups, isBuiltIn, type TreeEntry } from "./tree.ts";

/** Flags in front of the command. */
export const globalFlags: readonly Flag[] = [
  textFlag("config", "Folder of the client's configuration, docker's own"),
  textFlag("context", "Context of docker to use (overrides DOCKER_HOST and the current context)", { short: "c" }),
  switchFlag("debug", "Enable debug mode", { short: "D" }),
  listFlag("host", "Socket of the engine to connect to", { short: "H" }),
  textFlag("log-level", 'Logging level ("debug", "info", "warn", "error", "fatal")', { short: "l", absent: "info" }),
  switchFlag("tls", "Use TLS; implied by --tlsverify"),
  textFlag("tlscacert", "Trust certificates signed only by this CA"),
  textFlag("tlscert", "Path to TLS certificate file"),
  textFlag("tlskey", "Path to TLS key file"),
  switchFlag("tlsverify", "Use TLS and verify the remote"),
  switchFlag("version", "Print version information and quit", { short: "v" }),
];

const program = "wharf";
const brokenPipe = 141;

/** Runs a command line. Resolves with the exit code; whatever there is to say has been said. */
export async function runCommandLine(line: CommandLine): Promise<number> {
  try {
    return await dispatch(line);
  } catch (error) {
    return await report(line.io, error);
  }
}

async function report(io: Stdio, error: unknown): Promise<number> {
  if (error instanceof OutputClosed) return brokenPipe;
  try {
    await io.err.write(`${errorText(error)}\n`);
  } catch (closed) {
    if (closed instanceof OutputClosed) return brokenPipe;
    throw closed;
  }
  return error instanceof CommandFailure ? error.exitCode : 1;
}

async function dispatch(line: CommandLine): Promise<number> {
  const { io, words } = line;
  let global: ParsedLine;
  try {
    global = parseFlags(words, globalFlags, { isInterspersed: false });
  } catch (error) {
    throw usageError(program, "[OPTIONS] COMMAND [ARG...]", error);
  }
  const [first, ...rest] = global.args;
  if (global.flags.isOn("version")) {
    await io.out.write(`${program} version ${productVersion}\n`);
    return 0;
  }
  checkLogLevel(global.flags.text("log-level"));
  const settings = lineSettings(line, global.flags);
  if (global.wantsHelp) return await printHelp(io, [], settings);
  if (first === undefined) return await printHelp({ ...io, out: io.err }, [], settings);
  if (first === "help" && (rest[0] === undefined || isBuiltIn(rest[0]))) return await printHelp(io, rest, settings);
  if (first === "__complete") return await printCompletion(line, rest);
  const byPlugin = await runByPlugin(line, global.args, settings);
  if (byPlugin !== undefined) return byPlugin;
  if (first === "help") return await printHelp(io, rest, settings);
  const found = findCommand(global.args);
  if (found === undefined) return await handleGroup(io, global.args, settings);
  return await runCommand(line, found, settings);
}

/** The exit code of the plugin that the words are for: one of their name, or the one that config.json has for the builder. */
async function runByPlugin(line: CommandLine, args: readonly string[], settings: LineSettings): Promise<number | undefined> {
  const [first = ""] = args;
  const mayBeAlias = builderWords.has(first);
  if (isBuiltIn(first) && !mayBeAlias) return undefined;
  const { pluginCall } = await import("./plugin-call.ts");
  const call = pluginCall(line, args, settings);
  if (call === undefined) return undefined;
  const { runPlugin } = await import("./plugin/index.ts");
  return await runPlugin({ ...call, onSignals: line.onSignals });
}

/** Words that mean the builder, for which config.json may have a plugin. */
const builderWords: ReadonlySet<string> = new Set(["build", "builder", "image"]);

const logLevels: ReadonlySet<string> = new Set(["trace", "debug", "info", "warn", "warning", "error", "fatal", "panic"]);

function checkLogLevel(level: string): void {
  if (!logLevels.has(level.toLowerCase())) throw new CommandFailure(1, `Unable to parse logging level: ${level}`);
}

interface FoundCommand {
  readonly entry: TreeEntry;
  /** The name by which it was called. */
  readonly path: string;
  readonly words: readonly string[];
}

function findCommand(words: readonly string[]): FoundCommand | undefined {
  const [first = "", second = ""] = words;
  const long = `${first} ${second}`;
  for (const [path, length] of [[long, 2], [first, 1]] as const) {
    const entry = commands.find(({ paths }) => paths.includes(path));
    if (entry !== undefined) return { entry, path, words: words.slice(length) };
  }
  return undefined;
}

async function handleGroup(io: Stdio, words: readonly string[], settings: LineSettings): Promise<number> {
  const [first = "", second] = words;
  const group = groups.find(({ name }) => name === first);
  if (group === undefined) throw new CommandFailure(1, `${program}: unknown command: ${program} ${first}\n\nRun '${program} --help' for more information`);
  // Help that was not asked for goes where errors go, as docker's does.
  if (second === undefined) return await printHelp({ ...io, out: io.err }, [first], settings);
  if (second === "--help" || second === "-h") return await printHelp(io, [first], settings);
  if (second.startsWith("-")) {
    throw new CommandFailure(125, `unknown ${second.startsWith("--") ? "flag" : "shorthand flag"}: ${second.startsWith("--") ? second : `'${second.charAt(1)}' in ${second}`}\n\nUsage:  ${program} ${first}\n\nRun '${program} ${first} --help' for more information`);
  }
  throw new CommandFailure(1, `${program}: unknown command: ${program} ${first} ${second}\n\nUsage:  ${program} ${first}\n\nRun '${program} ${first} --help' for more information`);
}

async function printHelp(io: Stdio, words: readonly string[], { settings }: LineSettings): Promise<number> {
  const { helpFor } = await import("./help-pages.ts");
  const columns = io.out.isTerminal ? io.out.size().columns : 80;
  const text = await helpFor(words, { layout: { columns, title: (title) => emphasised(title, io.out) }, globalFlags, plugins: settings.plugins });
  if (text === undefined) throw new CommandFailure(1, `unknown help topic: ${words.join(" ")}`);
  await io.out.write(text);
  return 0;
}

async function printCompletion(line: CommandLine, words: readonly string[]): Promise<number> {
  const { completionFor } = await import("./completion-source.ts");
  const candidates = await completionFor(line, words, globalFlags);
  await line.io.out.write(candidates.map((word) => `${word}\n`).join(""));
  return 0;
}

async function runCommand(line: CommandLine, found: FoundCommand, { settings, sources }: LineSettings): Promise<number> {
  const { entry, path, words } = found;
  const name = `${program} ${path}`;
  if (entry.load === undefined) throw new CommandFailure(1, `${name} has to be the first word of the command line`);
  const command = await entry.load();
  let parsed: ParsedLine;
  try {
    parsed = parseFlags(words, command.flags, { isInterspersed: command.isInterspersed ?? true });
  } catch (error) {
    throw usageError(name, command.usage, error);
  }
  if (parsed.wantsHelp) return await printHelp(line.io, path.split(" "), { settings, sources });
  for (const note of replacedFlags(command.flags, parsed.flags)) await line.io.out.write(`${note}\n`);
  checkArity(name, command, parsed.args.length);
  using engine = new LazyEngine(line, { settings, sources });
  if (dependsOnEngine(command, parsed.flags)) {
    const problems = unsupported({ ...command, name }, parsed.flags, await engine.client.traits());
    if (problems.length > 0) throw new CommandFailure(1, problems.join("\n"));
  }
  try {
    const { io, onSignals } = line;
    return await command.run({ get engine() { return engine.client; }, io, settings, onSignals }, parsed);
  } catch (error) {
    throw blamed(name, error);
  }
}

function checkArity(name: string, command: Command, count: number): void {
  const problem = arityProblem(name, command.arity, count);
  if (problem === undefined) return;
  throw new CommandFailure(1, `${program}: ${problem.message}\n\nUsage:  ${name}${command.usage === "" ? "" : ` ${command.usage}`}\n\n${problem.pointer} '${name} --help' for more information`);
}

/** A wrong flag ends every command with 125, its usage line behind the reason. */
function usageError(name: string, usage: string, error: unknown): unknown {
  if (!isEngineError(error, "invalid-argument")) return error;
  return new CommandFailure(125, `${error.message}\n\nUsage:  ${name}${usage === "" ? "" : ` ${usage}`}\n\nRun '${name} --help' for more information`, { cause: error });
}

function blamed(name: string, error: unknown): unknown {
  if (!(error instanceof CommandFailure) || !error.isBlamed) return error;
  return new CommandFailure(error.exitCode, `${program}: ${error.message}\n\nRun '${name} --help' for more information`, { cause: error });
}
