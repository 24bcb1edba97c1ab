import { readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { EngineError } from "../../base/index.ts";
import type { BoundPort, Endpoint, EndpointAddress, EndpointRequest, Sandbox } from "./contract.ts";

/** What the engine has to know of a container's network after it was killed. */
export interface SandboxRecord {
  readonly containerName: string;
  readonly sandbox: Sandbox;
}

const suffix = ".json";

/**
 * Records lie beside the namespaces, below the exec root: both are lost at a reboot and kept when the engine dies, so
 * nothing has to be synced to a disk.
 */
export class SandboxRecords {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Whole or not at all, also when the engine is killed meanwhile. */
  write(record: SandboxRecord): void {
    const path = this.#path(record.sandbox.containerId);
    writeFileSync(`${path}.new`, JSON.stringify(record), { mode: 0o600 });
    renameSync(`${path}.new`, path);
  }

  remove(containerId: string): void {
    rmSync(this.#path(containerId), { force: true });
  }

  /** Container ids by what there is of each: a record, a namespace or both. */
  list(): { readonly records: ReadonlySet<string>; readonly namespaces: ReadonlySet<string>; readonly rest: readonly string[] } {
    const names = readdirSync(this.#folder);
    const isId = (name: string): boolean => /^[0-9a-f]{64}$/.test(name);
    const records = names.filter((name) => name.endsWith(suffix)).map((name) => name.slice(0, -suffix.length)).filter(isId);
    return {
      records: new Set(records),
      namespaces: new Set(names.filter(isId)),
      rest: names.filter((name) => name.endsWith(".new")),
    };
  }

  /** @throws EngineError `data-corrupt`. */
  read(containerId: string): SandboxRecord {
    const path = this.#path(containerId);
    try {
      return decodeRecord(JSON.parse(readFileSync(path, "utf8")));
    } catch (cause) {
      throw new EngineError("data-corrupt", `cannot read the network record ${path}`, { cause });
    }
  }

  #path(containerId: string): string {
    return join(this.#folder, `${containerId}${suffix}`);
  }
}

type Json = Readonly<Record<string, unknown>>;

function decodeRecord(value: unknown): SandboxRecord {
  const record = object(value);
  return { containerName: text(record["containerName"]), sandbox: decodeSandbox(object(record["sandbox"])) };
}

function decodeSandbox(value: Json): Sandbox {
  return {
    containerId: text(value["containerId"]),
    ...optional("netnsPath", value["netnsPath"], text),
    sandboxId: text(value["sandboxId"]),
    endpoints: list(value["endpoints"], decodeEndpoint),
    ports: list(value["ports"], decodePort),
  };
}

function decodeEndpoint(raw: unknown): Endpoint {
  const value = object(raw);
  return {
    networkId: text(value["networkId"]),
    networkName: text(value["networkName"]),
    endpointId: text(value["endpointId"]),
    interfaceName: text(value["interfaceName"]),
    macAddress: text(value["macAddress"]),
    ...optional("ipv4", value["ipv4"], decodeAddress),
    ...optional("ipv6", value["ipv6"], decodeAddress),
    request: decodeRequest(object(value["request"])),
  };
}

function decodeAddress(raw: unknown): EndpointAddress {
  const value = object(raw);
  return { address: text(value["address"]), prefixLength: number(value["prefixLength"]), ...optional("gateway", value["gateway"], text) };
}

function decodeRequest(value: Json): EndpointRequest {
  return {
    ...optional("ipv4Address", value["ipv4Address"], text),
    ...optional("ipv6Address", value["ipv6Address"], text),
    ...optional("linkLocalAddresses", value["linkLocalAddresses"], (texts) => list(texts, text)),
    ...optional("macAddress", value["macAddress"], text),
    ...optional("aliases", value["aliases"], (texts) => list(texts, text)),
    ...optional("links", value["links"], (texts) => list(texts, text)),
    ...optional("driverOptions", value["driverOptions"], (options) =>
      Object.fromEntries(Object.entries(object(options)).map(([name, option]) => [name, text(option)]))),
    ...optional("gatewayPriority", value["gatewayPriority"], number),
  };
}

function decodePort(raw: unknown): BoundPort {
  const value = object(raw);
  const protocol = text(value["protocol"]);
  if (protocol !== "tcp" && protocol !== "udp" && protocol !== "sctp") throw new TypeError(`${protocol} is no protocol`);
  return {
    containerPort: number(value["containerPort"]), protocol, hostAddress: text(value["hostAddress"]), hostPort: number(value["hostPort"]),
  };
}

function optional<Name extends string, T>(name: Name, value: unknown, decode: (value: unknown) => T): Partial<Record<Name, T>> {
  return value === undefined ? {} : { [name]: decode(value) } as Partial<Record<Name, T>>;
}

function object(value: unknown): Json {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new TypeError("not an object");
  return value as Json;
}

function list<T>(value: unknown, decode: (item: unknown) => T): T[] {
  if (!Array.isArray(value)) throw new TypeError("not a list");
  return value.map(decode);
}

function text(value: unknown): string {
  if (typeof value !== "string") throw new TypeError("not a text");
  return value;
}

function number(value: unknown): number {
  if (typeof value !== "number") throw new TypeError("not a number");
  return value;
}
