import { isEngineError } from "../../base/index.ts";
import { connect, type EngineClient } from "../sdk/index.ts";
import {
  arityProblem, CommandFailure, dependsOnEngine, listFlag, OutputClosed, parseFlags, replacedFlags, switchFlag, textFlag, unsupported,
  type ClientSettings, type Command, type CommandContext, type Flag, type FlagValues, type ParsedLine, type Stdio,
} from "./command/index.ts";
import { configFolder, readConfigFile } from "./config-file/index.ts";
import { chooseContext, chooseDefaultHost, chooseHost, startDefaultEngine, type HostSources } from "./host/index.ts";
import { errorText } from "./output/index.ts";
import { productVersion } from "./product-version/index.ts";
import { commands, groups, type TreeEntry } from "./tree.ts";

export interface CommandLine {
  /** Without the program's own name. */
  readonly words: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly io: Stdio;
  readonly onSignals: CommandContext["onSignals"];
  /** The command that runs this program again, for an engine in the background. */
  readonly self: readonly string[];
}

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
  if (global.wantsHelp) return await printHelp(io, []);
  if (first === undefined) return await printHelp({ ...io, out: io.err }, []);
  if (first === "help") return await printHelp(io, rest);
  if (first === "__complete") return await printCompletion(line, global.flags, rest);
  const found = findCommand(global.args);
  if (found === undefined) return await handleGroup(io, global.args);
  return await runCommand(line, global.flags, found);
}

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

async function handleGroup(io: Stdio, words: readonly string[]): Promise<number> {
  const [first = "", second] = words;
  const group = groups.find(({ name }) => name === first);
  if (group === undefined) throw new CommandFailure(1, `${program}: unknown command: ${program} ${first}\n\nRun '${program} --help' for more information`);
  // Help that was not asked for goes where errors go, as docker's does.
  if (second === undefined) return await printHelp({ ...io, out: io.err }, [first]);
  if (second === "--help" || second === "-h") return await printHelp(io, [first]);
  if (second.startsWith("-")) {
    throw new CommandFailure(125, `unknown ${second.startsWith("--") ? "flag" : "shorthand flag"}: ${second.startsWith("--") ? second : `'${second.charAt(1)}' in ${second}`}\n\nUsage:  ${program} ${first}\n\nRun '${program} ${first} --help' for more information`);
  }
  throw new CommandFailure(1, `${program}: unknown command: ${program} ${first} ${second}\n\nUsage:  ${program} ${first}\n\nRun '${program} ${first} --help' for more information`);
}

async function printHelp(io: Stdio, words: readonly string[]): Promise<number> {
  const { helpFor } = await import("./help-pages.ts");
  const columns = io.out.isTerminal ? io.out.size().columns : 80;
  const text = await helpFor(words, { columns, globalFlags });
  if (text === undefined) throw new CommandFailure(1, `${program}: unknown help topic: ${words.join(" ")}\n\nRun '${program} --help' for more information`);
  await io.out.write(text);
  return 0;
}

async function printCompletion(line: CommandLine, flags: FlagValues, words: readonly string[]): Promise<number> {
  const { completionFor } = await import("./completion-source.ts");
  using engine = new LazyEngine(line, clientSettings(line, flags).sources);
  const candidates = await completionFor(words, () => engine);
  await line.io.out.write(candidates.map((word) => `${word}\n`).join(""));
  return 0;
}

async function runCommand(line: CommandLine, flags: FlagValues, found: FoundCommand): Promise<number> {
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
  if (parsed.wantsHelp) return await printHelp(line.io, path.split(" "));
  for (const note of replacedFlags(command.flags, parsed.flags)) await line.io.out.write(`${note}\n`);
  checkArity(name, command, parsed.args.length);
  const { settings, sources } = clientSettings(line, flags);
  using engine = new LazyEngine(line, sources);
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

function clientSettings(line: CommandLine, flags: FlagValues): { readonly settings: ClientSettings; readonly sources: () => HostSources } {
  const folder = configFolder(line.environment, flags.text("config"));
  let read: Readonly<Record<string, unknown>> | undefined;
  const file = (): Readonly<Record<string, unknown>> => read ??= readConfigFile(folder);
  const sources = (): HostSources => hostSources(line, flags, { folder, file: file() });
  return {
    settings: {
      environment: line.environment, folder, file,
      context: () => chooseContext(sources()),
      defaultHost: () => chooseDefaultHost(sources()),
    },
    sources,
  };
}

function hostSources({ environment }: CommandLine, flags: FlagValues, config: { readonly folder: string; readonly file: Readonly<Record<string, unknown>> }): HostSources {
  const configured = config.file["currentContext"];
  return {
    environment,
    configFolder: config.folder,
    currentContext: typeof configured === "string" ? configured : "",
    flags: {
      hosts: flags.list("host"), context: flags.text("context"), tls: flags.isOn("tls"),
      tlsVerify: flags.isGiven("tlsverify") ? flags.isOn("tlsverify") : undefined,
      ca: flags.text("tlscacert"), cert: flags.text("tlscert"), key: flags.text("tlskey"),
    },
  };
}

/**
 * The client for a command, made when it is first asked for: commands of the client alone work also where the context in
 * use is gone. One on the default socket starts the engine when it is not there.
 */
class LazyEngine implements Disposable {
  readonly #line: CommandLine;
  readonly #sources: () => HostSources;
  #client: EngineClient | undefined;

  constructor(line: CommandLine, sources: () => HostSources) {
    this.#line = line;
    this.#sources = sources;
  }

  get client(): EngineClient {
    return this.#client ??= resolved(() => this.#connect());
  }

  #connect(): EngineClient {
    const { environment, self, io } = this.#line;
    const chosen = chooseHost(this.#sources());
    const version = /^1\.(\d{1,4})$/.exec(environment["DOCKER_API_VERSION"] ?? "")?.[1];
    return connect({
      host: chosen.host,
      userAgent: `wharf/${productVersion}`,
      ...(chosen.tls === undefined ? {} : { tls: chosen.tls }),
      ...(version === undefined ? {} : { version: Number(version) }),
      ...(chosen.isDefault ? { onAbsent: () => startDefaultEngine({ self, host: chosen.host, io }) } : {}),
    });
  }

  [Symbol.dispose](): void {
    this.#client?.close();
  }
}

/** A host that cannot be made sense of ends the command line before its command. */
function resolved<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!isEngineError(error)) throw error;
    const message = error.message.startsWith("Failed to initialize") ? error.message : `Failed to initialize: unable to resolve docker endpoint: ${error.message}`;
    throw new CommandFailure(1, message, { cause: error });
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
