import { readFileSync } from "node:fs";
import { EngineError } from "../../../base/index.ts";
import type { TlsSettings } from "../../sdk/index.ts";
import { CommandFailure } from "../command/index.ts";
import { ContextStore, defaultContext, engineEndpoint } from "../context-store/index.ts";

/** Where wharf's own engine listens. */
export const defaultHost = "unix:///run/wharf/wharf.sock";

export interface HostFlags {
  readonly hosts: readonly string[];
  readonly context: string;
  readonly tls: boolean;
  /** Undefined: not on the command line. */
  readonly tlsVerify: boolean | undefined;
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

export interface ChosenHost {
  readonly host: string;
  readonly tls?: TlsSettings;
  /** Nobody named it: an engine may be started there. */
  readonly isDefault: boolean;
}

export interface HostSources {
  readonly flags: HostFlags;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly configFolder: string;
  /** Context that docker's configuration file names. */
  readonly currentContext: string;
}

/** The variable of the environment that names the engine, before any context; undefined where none does. */
export function hostVariable(environment: HostSources["environment"]): "WHARF_HOST" | "DOCKER_HOST" | undefined {
  return (["WHARF_HOST", "DOCKER_HOST"] as const).find((name) => environment[name]);
}

/**
 * The context in use: `--context`, then the default one where `-H` or the environment names an engine, then
 * DOCKER_CONTEXT, then the one that `context use` has chosen.
 * @throws CommandFailure where `-H` and `--context` are both given.
 */
export function chooseContext({ flags, environment, currentContext }: HostSources): string {
  if (flags.hosts.length > 0 && flags.context !== "") throw new CommandFailure(1, "conflicting options: cannot specify both --host and --context");
  if (flags.context !== "") return flags.context;
  if (flags.hosts.length > 0 || hostVariable(environment) !== undefined) return defaultContext;
  return environment["DOCKER_CONTEXT"] || currentContext || defaultContext;
}

/** The engine of a command line. @throws EngineError for a context or a TLS file that is not there. */
export function chooseHost(sources: HostSources): ChosenHost {
  const context = chooseContext(sources);
  return context === defaultContext ? chooseDefaultHost(sources) : contextHost(context, sources.configFolder);
}

/** The engine of the default context: `-H`, then WHARF_HOST, then DOCKER_HOST, then wharf's own socket. */
export function chooseDefaultHost(sources: HostSources): ChosenHost {
  const { flags, environment } = sources;
  if (flags.hosts.length > 1) throw new EngineError("invalid-argument", "Specify only one -H");
  const named = flags.hosts[0] || environment[hostVariable(environment) ?? ""];
  return named === undefined || named === "" ? { host: defaultHost, isDefault: true } : { host: named, isDefault: false, ...tlsOf(named, sources) };
}

function tlsOf(host: string, { flags, environment, configFolder }: HostSources): { readonly tls?: TlsSettings } {
  const verifies = flags.tlsVerify ?? Boolean(environment["DOCKER_TLS_VERIFY"]);
  const isAskedFor = verifies || flags.tls;
  if (!(isAskedFor || host.startsWith("https://")) || host.startsWith("unix:") || host.startsWith("ssh:")) return {};
  const folder = environment["DOCKER_CERT_PATH"] || configFolder;
  const files = { ca: flags.ca, cert: flags.cert, key: flags.key };
  // Who asks for TLS has an authority of his own; the client's certificate may be absent where nobody names it.
  const read = (name: keyof typeof files): string | undefined => readPem(files[name] || `${folder}/${name}.pem`, files[name] !== "" || (isAskedFor && name === "ca"));
  return tlsSettings({ ca: read("ca"), cert: read("cert"), key: read("key") }, verifies);
}

function tlsSettings(pem: { readonly ca?: string | undefined; readonly cert?: string | undefined; readonly key?: string | undefined }, verifies: boolean): { readonly tls: TlsSettings } {
  const { ca, cert, key } = pem;
  if ((cert === undefined) !== (key === undefined)) throw new EngineError("invalid-argument", "a TLS certificate and its key have to be given together");
  return {
    tls: { verifies, ...(ca === undefined ? {} : { ca }), ...(cert === undefined ? {} : { cert }), ...(key === undefined ? {} : { key }) },
  };
}

function readPem(path: string, isNeeded: boolean): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    const isAbsent = cause instanceof Error && "code" in cause && cause.code === "ENOENT";
    if (!isNeeded && isAbsent) return undefined;
    throw new EngineError("invalid-argument", isAbsent ? `open ${path}: no such file or directory` : `cannot read the TLS file ${path}`, { cause });
  }
}

function contextHost(name: string, configFolder: string): ChosenHost {
  const store = new ContextStore(configFolder);
  const { Host: host = "", SkipTLSVerify: skips = false } = engineEndpoint(store.read(name));
  const files = store.readTls(name).get("docker") ?? new Map<string, Uint8Array>();
  const pem = (file: string): string | undefined => {
    const bytes = files.get(file);
    return bytes === undefined ? undefined : Buffer.from(bytes).toString();
  };
  const isSecure = host.startsWith("tcp:") && (files.size > 0 || skips);
  return {
    host: host === "" ? defaultHost : host,
    isDefault: false,
    ...(isSecure ? tlsSettings({ ca: pem("ca.pem"), cert: pem("cert.pem"), key: pem("key.pem") }, !skips) : {}),
  };
}
