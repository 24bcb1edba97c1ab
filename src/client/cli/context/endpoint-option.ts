import { readFileSync } from "node:fs";
import { EngineError } from "../../../base/index.ts";
import { CommandFailure, listFlag, type Command, type Flag } from "../command/index.ts";
import type { Endpoint, TlsMaterial } from "../context-store/index.ts";
import type { Contexts } from "./contexts.ts";

/** `--docker host=tcp://h:2376,ca=FILE,cert=FILE,key=FILE,skip-tls-verify=true` or `from=CONTEXT`. */
export const endpointFlag: Flag = listFlag("docker", "Set the docker endpoint", { type: "stringToString", check: checkPairs });

export const endpointDetails: NonNullable<Command["details"]> = `Docker endpoint config:

NAME                DESCRIPTION
from                Copy named context's Docker endpoint configuration
host                Docker endpoint on which to connect
ca                  Trust certs signed only by this CA
cert                Path to TLS certificate file
key                 Path to TLS key file
skip-tls-verify     Skip TLS certificate validation`;

export interface EndpointSettings {
  readonly endpoint: Endpoint;
  /** PEM files by name, such as ca.pem. */
  readonly tls: TlsMaterial;
}

const files = ["ca", "cert", "key"] as const;
const known: ReadonlySet<string> = new Set(["from", "host", ...files, "skip-tls-verify"]);

/** What `--docker` describes. @throws CommandFailure in docker's words. */
export function parseEndpoint(pairs: readonly string[], contexts: Contexts): EndpointSettings {
  try {
    return endpointOf(new Map(pairs.flatMap(splitPairs)), contexts);
  } catch (error) {
    throw new CommandFailure(1, `unable to create docker endpoint config: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}

function endpointOf(values: ReadonlyMap<string, string>, contexts: Contexts): EndpointSettings {
  const unknown = [...values.keys()].filter((name) => !known.has(name));
  if (unknown.length > 0) throw new EngineError("invalid-argument", `unrecognized config key: ${unknown.join(", ")}`);
  const from = values.get("from");
  if (from !== undefined) {
    const { context, tls } = contexts.read(from);
    const endpointTls = tls.get("docker");
    return { endpoint: context.Endpoints["docker"] ?? {}, tls: new Map(endpointTls === undefined ? [] : [["docker", endpointTls]]) };
  }
  const pem = files.flatMap((name) => {
    const path = values.get(name);
    return path === undefined || path === "" ? [] : [[`${name}.pem`, readPem(path)] as const];
  });
  const ca = pem.find(([name]) => name === "ca.pem")?.[1];
  if (ca !== undefined && !Buffer.from(ca).includes("-----BEGIN CERTIFICATE-----")) {
    throw new EngineError("invalid-argument", "invalid docker endpoint options: failed to retrieve context tls info: ca.pem seems invalid");
  }
  return {
    endpoint: { Host: values.get("host") ?? "", SkipTLSVerify: parseSwitch("skip-tls-verify", values.get("skip-tls-verify") ?? "false") },
    tls: new Map(pem.length === 0 ? [] : [["docker", new Map(pem)]]),
  };
}

function readPem(path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (cause) {
    const code = cause instanceof Error && "code" in cause ? cause.code : undefined;
    throw new EngineError("invalid-argument", `open ${path}: ${code === "ENOENT" ? "no such file or directory" : String(code)}`, { cause });
  }
}

function parseSwitch(name: string, text: string): boolean {
  if (["1", "t", "T", "TRUE", "true", "True"].includes(text)) return true;
  if (["0", "f", "F", "FALSE", "false", "False", ""].includes(text)) return false;
  throw new EngineError("invalid-argument", `${name}: parsing ${JSON.stringify(text)}: invalid syntax`);
}

function splitPairs(text: string): (readonly [string, string])[] {
  return text.split(",").map((pair) => {
    const equals = pair.indexOf("=");
    return [pair.slice(0, equals), pair.slice(equals + 1)];
  });
}

function checkPairs(text: string): string {
  const wrong = text.split(",").find((pair) => !pair.includes("="));
  if (wrong !== undefined) throw new EngineError("invalid-argument", `${wrong} must be formatted as key=value`);
  return text;
}
