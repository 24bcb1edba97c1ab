import { readFileSync } from "node:fs";
import { EngineError } from "../../../base/index.ts";
import { CommandFailure } from "../command/index.ts";
import type { TlsSettings } from "../../sdk/index.ts";
import { isObject, readJsonObject } from "./config-file.ts";

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

/** The engine of a command line: `-H`, then WHARF_HOST, DOCKER_HOST, the current context of docker, wharf's own socket. */
export function chooseHost(sources: HostSources): ChosenHost {
  const { flags, environment } = sources;
  if (flags.hosts.length > 0 && flags.context !== "") throw new CommandFailure(1, "conflicting options: cannot specify both --host and --context");
  if (flags.hosts.length > 1) throw new EngineError("invalid-argument", "Specify only one -H");
  const named = flags.hosts[0] || (flags.context === "" ? environment["WHARF_HOST"] || environment["DOCKER_HOST"] : "") || "";
  if (named !== "") return { host: named, isDefault: false, ...tlsOf(named, sources) };
  const context = flags.context || environment["DOCKER_CONTEXT"] || sources.currentContext;
  if (context !== "" && context !== "default") return contextHost(context, sources.configFolder);
  return { host: defaultHost, isDefault: true };
}

function tlsOf(host: string, { flags, environment, configFolder }: HostSources): { readonly tls?: TlsSettings } {
  const verifies = flags.tlsVerify ?? Boolean(environment["DOCKER_TLS_VERIFY"]);
  const wants = verifies || flags.tls || host.startsWith("https://");
  if (!wants || host.startsWith("unix:") || host.startsWith("ssh:")) return {};
  const folder = environment["DOCKER_CERT_PATH"] || configFolder;
  const files = { ca: flags.ca, cert: flags.cert, key: flags.key };
  const read = (name: keyof typeof files): string | undefined => readPem(files[name] || `${folder}/${name}.pem`, files[name] !== "");
  const [ca, cert, key] = [read("ca"), read("cert"), read("key")];
  if ((cert === undefined) !== (key === undefined)) throw new EngineError("invalid-argument", "a TLS certificate and its key have to be given together");
  return {
    tls: { verifies, ...(ca === undefined ? {} : { ca }), ...(cert === undefined ? {} : { cert }), ...(key === undefined ? {} : { key }) },
  };
}

function readPem(path: string, isNamed: boolean): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    if (!isNamed && cause instanceof Error && "code" in cause && cause.code === "ENOENT") return undefined;
    throw new EngineError("invalid-argument", `failed to read the TLS file ${path}`, { cause });
  }
}

/** A context of docker's client (`docker context create`): a folder named after its name's digest. */
function contextHost(name: string, configFolder: string): ChosenHost {
  const id = new Bun.CryptoHasher("sha256").update(name).digest("hex");
  const path = `${configFolder}/contexts/meta/${id}/meta.json`;
  const meta = readJsonObject(path);
  if (meta === undefined) {
    throw new EngineError("not-found", `Failed to initialize: unable to resolve docker endpoint: context ${JSON.stringify(name)}: context not found: open ${path}: no such file or directory`);
  }
  const endpoints = isObject(meta["Endpoints"]) ? meta["Endpoints"] : {};
  const endpoint = isObject(endpoints["docker"]) ? endpoints["docker"] : {};
  const host = typeof endpoint["Host"] === "string" && endpoint["Host"] !== "" ? endpoint["Host"] : defaultHost;
  const folder = `${configFolder}/contexts/tls/${id}/docker`;
  const [ca, cert, key] = ["ca", "cert", "key"].map((file) => readPem(`${folder}/${file}.pem`, false));
  const verifies = endpoint["SkipTLSVerify"] !== true;
  const isSecure = host.startsWith("tcp:") && (ca !== undefined || cert !== undefined || !verifies);
  return {
    host,
    isDefault: false,
    ...(isSecure ? { tls: { verifies, ...(ca === undefined ? {} : { ca }), ...(cert === undefined ? {} : { cert }), ...(key === undefined ? {} : { key }) } } : {}),
  };
}
