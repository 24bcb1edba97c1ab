import { readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { EngineError } from "../../base/index.ts";
import { flag, list, number, object, optional, text, texts } from "./stored-json.ts";
import type { StoredObject } from "./stored-json.ts";
import type { BoundPort, Endpoint, EndpointAddress, EndpointRequest, Sandbox } from "./contract.ts";

/** What the engine has to know of a container's network after it was killed. */
export interface SandboxRecord {
  readonly containerName: string;
  readonly hostname: string;
  /** Asks the engine's own server, under 127.0.0.11. */
  readonly usesResolver: boolean;
  /** Whom that server asks for it in turn; empty: the host's. */
  readonly dnsServers: readonly string[];
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

function decodeRecord(value: unknown): SandboxRecord {
  const record = object(value);
  return {
    containerName: text(record["containerName"]),
    hostname: text(record["hostname"]),
    usesResolver: flag(record["usesResolver"]),
    dnsServers: list(record["dnsServers"], text),
    sandbox: decodeSandbox(object(record["sandbox"])),
  };
}

function decodeSandbox(value: StoredObject): Sandbox {
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
    ...optional("driver", value["driver"], decodeDriver),
    macAddress: text(value["macAddress"]),
    ...optional("ipv4", value["ipv4"], decodeAddress),
    ...optional("ipv6", value["ipv6"], decodeAddress),
    request: decodeRequest(object(value["request"])),
  };
}

function decodeDriver(value: unknown): "macvlan" {
  if (value !== "macvlan") throw new TypeError(`${String(value)} is no driver`);
  return value;
}

function decodeAddress(raw: unknown): EndpointAddress {
  const value = object(raw);
  return { address: text(value["address"]), prefixLength: number(value["prefixLength"]), ...optional("gateway", value["gateway"], text) };
}

function decodeRequest(value: StoredObject): EndpointRequest {
  return {
    ...optional("ipv4Address", value["ipv4Address"], text),
    ...optional("ipv6Address", value["ipv6Address"], text),
    ...optional("linkLocalAddresses", value["linkLocalAddresses"], (texts) => list(texts, text)),
    ...optional("macAddress", value["macAddress"], text),
    ...optional("aliases", value["aliases"], (texts) => list(texts, text)),
    ...optional("links", value["links"], (texts) => list(texts, text)),
    ...optional("driverOptions", value["driverOptions"], texts),
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
