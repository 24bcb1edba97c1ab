import { isIP } from "node:net";
import { isAbsolute } from "node:path";
import { parseArgs } from "node:util";
import { EngineError } from "../../base/index.ts";

export const logLevels = ["debug", "info", "warn", "error"] as const;
export type LogLevel = (typeof logLevels)[number];

/** How an engine is started. Every name that it has in the kernel derives from these, so that many run side by side. */
export interface DaemonOptions {
  readonly dataRoot: string;
  readonly execRoot: string;
  /** Addresses to listen on: unix://, tcp://, fd://. */
  readonly hosts: readonly string[];
  readonly bridge: string;
  readonly bridgeAddress?: string;
  /** Host address of published ports that name none. */
  readonly publishDefault?: string;
  readonly logLevel: LogLevel;
  /** For containers that say nothing about their log. */
  readonly logDefaults: { readonly driver: string; readonly options: Readonly<Record<string, string>> };
  readonly tls?: { readonly authority: string; readonly certificate: string; readonly key: string };
  readonly allowsPlainTcp: boolean;
  readonly runtime?: string;
  readonly pidFile?: string;
  /** Microseconds of processor time for containers' real-time priorities, and of the period in which they have it; 0: not said. */
  readonly realtime: { readonly period: number; readonly runtime: number };
  /** Folders with files of the Container Device Interface, the most important last. */
  readonly cdiFolders?: readonly string[];
}

export const defaultDataRoot = "/var/lib/wharf";
export const defaultExecRoot = "/run/wharf";

export const daemonHelp = `Usage:  wharf daemon [OPTIONS]

Run the engine: it serves the Docker Engine API and runs containers

Options:
      --allow-plain-tcp      Listen on tcp:// loopback addresses without TLS
      --bip string           Address and prefix of the default bridge
      --bridge string        Name of the default bridge (default "wharf0")
      --cdi-spec-dir list    Folders that describe devices (default "/etc/cdi" and "/var/run/cdi")
      --cpu-rt-period int    Period of the processor time for real-time priorities, in microseconds
      --cpu-rt-runtime int   Processor time that containers may use with real-time priorities in a period, in microseconds
      --data-root string     Images, volumes and what containers wrote (default "${defaultDataRoot}")
      --exec-root string     What is needed while containers run (default "${defaultExecRoot}")
      --help                 Print usage
  -H, --host list            Address to listen on (default "unix://<exec-root>/wharf.sock")
      --log-driver string    Log driver of containers that name none (default "json-file")
  -l, --log-level string     debug, info, warn or error (default "info")
      --log-opt list         Options of the default log driver, such as max-size=10m
  -p, --pidfile string       File to write the engine's process id to
      --publish-default string
                             Host address of published ports that name none, such as 127.0.0.1 (default every address)
      --runtime string       OCI runtime, by name or path (default crun where it works, else runc)
      --tlscacert string     Authority that clients' certificates are checked against
      --tlscert string       The engine's certificate
      --tlskey string        The engine's key
      --tlsverify            Listen on tcp:// addresses with mutual TLS
`;

const flags = {
  "allow-plain-tcp": { type: "boolean" },
  bip: { type: "string" },
  bridge: { type: "string" },
  "cdi-spec-dir": { type: "string", multiple: true },
  "cpu-rt-period": { type: "string" },
  "cpu-rt-runtime": { type: "string" },
  "data-root": { type: "string" },
  "exec-root": { type: "string" },
  help: { type: "boolean" },
  host: { type: "string", short: "H", multiple: true },
  "log-driver": { type: "string" },
  "log-level": { type: "string", short: "l" },
  "log-opt": { type: "string", multiple: true },
  pidfile: { type: "string", short: "p" },
  "publish-default": { type: "string" },
  runtime: { type: "string" },
  tlscacert: { type: "string" },
  tlscert: { type: "string" },
  tlskey: { type: "string" },
  tlsverify: { type: "boolean" },
} as const;

/**
 * @param words what follows `wharf daemon`
 * @returns "help" where that was asked for
 * @throws EngineError `invalid-argument` that names the flag
 */
export function parseDaemonOptions(words: readonly string[]): DaemonOptions | "help" {
  const values = parse(words);
  if (values.help === true) return "help";
  const execRoot = absolute("exec-root", values["exec-root"] ?? defaultExecRoot);
  const tls = tlsOptions(values);
  return {
    dataRoot: absolute("data-root", values["data-root"] ?? defaultDataRoot),
    execRoot,
    hosts: values.host ?? [`unix://${execRoot}/wharf.sock`],
    bridge: bridgeName(values.bridge ?? "wharf0"),
    logLevel: logLevel(values["log-level"] ?? "info"),
    logDefaults: { driver: values["log-driver"] ?? "json-file", options: logOptions(values["log-opt"] ?? []) },
    realtime: { period: microseconds("cpu-rt-period", values["cpu-rt-period"]), runtime: microseconds("cpu-rt-runtime", values["cpu-rt-runtime"]) },
    allowsPlainTcp: values["allow-plain-tcp"] === true,
    ...(values["cdi-spec-dir"] === undefined ? {} : { cdiFolders: values["cdi-spec-dir"].map((folder) => absolute("cdi-spec-dir", folder)) }),
    ...(values.bip === undefined ? {} : { bridgeAddress: values.bip }),
    ...(values["publish-default"] === undefined ? {} : { publishDefault: publishAddress(values["publish-default"]) }),
    ...(tls === undefined ? {} : { tls }),
    ...(values.runtime === undefined ? {} : { runtime: values.runtime }),
    ...(values.pidfile === undefined ? {} : { pidFile: absolute("pidfile", values.pidfile) }),
  };
}

type Values = ReturnType<typeof parse>;

function parse(words: readonly string[]) {
  try {
    return parseArgs({ args: [...words], options: flags, strict: true, allowPositionals: false }).values;
  } catch (error) {
    throw new EngineError("invalid-argument", error instanceof Error ? error.message : String(error), { hint: "see wharf daemon --help" });
  }
}

function absolute(flag: string, path: string): string {
  if (isAbsolute(path)) return path.replace(/(.)\/+$/, "$1");
  throw new EngineError("invalid-argument", `--${flag} needs an absolute path, not ${JSON.stringify(path)}`);
}

const longestLinkName = 15;

function bridgeName(name: string): string {
  if (/^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/.test(name) && name.length <= longestLinkName) return name;
  throw new EngineError("invalid-argument", `--bridge ${JSON.stringify(name)} is no name for an interface`, {
    hint: `at most ${longestLinkName} letters, digits, dots, dashes and underscores`,
  });
}

function publishAddress(text: string): string {
  if (isIP(text) === 0) throw new EngineError("invalid-argument", `--publish-default ${JSON.stringify(text)} is no IP address`, { hint: "such as 127.0.0.1" });
  return text;
}

function logLevel(text: string): LogLevel {
  const level = logLevels.find((known) => known === text);
  if (level === undefined) throw new EngineError("invalid-argument", `--log-level ${JSON.stringify(text)} is none of ${logLevels.join(", ")}`);
  return level;
}

function microseconds(flag: string, text = "0"): number {
  if (!/^\d{1,9}$/.test(text)) throw new EngineError("invalid-argument", `--${flag} ${JSON.stringify(text)} is no number of microseconds`);
  return Number(text);
}

function logOptions(words: readonly string[]): Record<string, string> {
  return Object.fromEntries(words.map((word) => {
    const equals = word.indexOf("=");
    if (equals < 1) throw new EngineError("invalid-argument", `--log-opt ${JSON.stringify(word)} is not of the form name=value`);
    return [word.slice(0, equals), word.slice(equals + 1)];
  }));
}

function tlsOptions(values: Values): DaemonOptions["tls"] {
  const { tlscacert: authority, tlscert: certificate, tlskey: key } = values;
  if (values.tlsverify !== true) {
    if (authority === undefined && certificate === undefined && key === undefined) return undefined;
    throw new EngineError("invalid-argument", "certificates were given without --tlsverify", { hint: "add --tlsverify: wharf serves TCP with mutual TLS only" });
  }
  if (authority === undefined || certificate === undefined || key === undefined) {
    throw new EngineError("invalid-argument", "--tlsverify needs --tlscacert, --tlscert and --tlskey");
  }
  return { authority, certificate, key };
}
