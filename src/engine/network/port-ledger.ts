import { readFileSync } from "node:fs";
import { EngineError, formatIpAddress, isEngineError, parseIpAddress } from "../../base/index.ts";
import type { IpAddress, IpFamily, PublishedPort } from "../../base/index.ts";
import { Descriptor, isSystemError } from "../../host/libc/index.ts";
import { holdPort } from "../../host/port/index.ts";
import type { PortAddress } from "../../host/port/index.ts";
import type { BoundPort } from "./contract.ts";

/** Whose ports they are, for the error's text. */
export interface PortOwner {
  /** Under which they are released: the container's id. */
  readonly holder: string;
  readonly endpointName: string;
  readonly endpointId: string;
  /** Where the ports lead, by family; a family without an address is not published. */
  readonly addresses: ReadonlyMap<IpFamily, IpAddress>;
}

interface Held {
  readonly port: BoundPort;
  readonly descriptors: readonly Descriptor[];
}

const anyAddress: Readonly<Record<IpFamily, IpAddress>> = { 4: parseIpAddress("0.0.0.0"), 6: parseIpAddress("::") };

/**
 * Which ports of the machine the engine holds. The kernel is the judge of conflicts, since the other side may be a
 * program that knows nothing of the engine; the ledger only knows which of the two texts docker has for it.
 */
export class PortLedger {
  readonly #held = new Map<string, Held[]>();
  #nextRandom: number | undefined;

  /**
   * Holds every port that is asked for, or none.
   * @throws EngineError with docker's text when a port is taken.
   */
  bind(owner: PortOwner, wishes: readonly PublishedPort[]): BoundPort[] {
    const bound: Held[] = [];
    try {
      for (const wish of wishes) bound.push(...this.#bindOne(owner, wish));
    } catch (error) {
      for (const { descriptors } of bound) closeAll(descriptors);
      if (!isEngineError(error)) throw error;
      throw new EngineError(error.kind, `driver failed programming external connectivity on endpoint ${owner.endpointName} (${owner.endpointId}): ${error.message}`, { cause: error });
    }
    this.#add(owner.holder, bound);
    return bound.map(({ port }) => port);
  }

  /**
   * Takes back what a killed engine held.
   * @returns the ports that somebody else took meanwhile.
   */
  rebind(holder: string, ports: readonly BoundPort[]): BoundPort[] {
    const lost: BoundPort[] = [];
    const bound = ports.filter(({ hostPort }) => hostPort !== 0).flatMap((port): Held[] => {
      try {
        return [{ port, descriptors: [holdPort(addressOf(port))] }];
      } catch (error) {
        if (!isSystemError(error, "EADDRINUSE", "EADDRNOTAVAIL")) throw error;
        lost.push(port);
        return [{ port, descriptors: [] }];
      }
    });
    this.#add(holder, bound);
    return lost;
  }

  /** Lets go of some of a holder's ports, and keeps the rest. */
  releaseSome(holder: string, ports: readonly BoundPort[]): void {
    const isMeant = ({ port }: Held): boolean => ports.some((other) =>
      other.protocol === port.protocol && other.hostAddress === port.hostAddress && other.hostPort === port.hostPort);
    const held = this.#held.get(holder) ?? [];
    for (const { descriptors } of held.filter(isMeant)) closeAll(descriptors);
    this.#held.set(holder, held.filter((one) => !isMeant(one)));
  }

  /** Whether nobody else can have the port. */
  holds(holder: string, { protocol, hostAddress, hostPort }: BoundPort): boolean {
    return (this.#held.get(holder) ?? []).some(({ port, descriptors }) =>
      descriptors.length > 0 && port.protocol === protocol && port.hostAddress === hostAddress && port.hostPort === hostPort);
  }

  release(holder: string): void {
    for (const { descriptors } of this.#held.get(holder) ?? []) closeAll(descriptors);
    this.#held.delete(holder);
  }

  close(): void {
    for (const holder of [...this.#held.keys()]) this.release(holder);
  }

  #add(holder: string, bound: readonly Held[]): void {
    if (bound.length > 0) this.#held.set(holder, [...this.#held.get(holder) ?? [], ...bound]);
  }

  #bindOne(owner: PortOwner, wish: PublishedPort): Held[] {
    const addresses = hostAddresses(owner, wish);
    if (addresses.length === 0) {
      throw new EngineError("invalid-argument", `cannot publish port ${wish.containerPort} on ${wish.hostAddress ?? "any address"}: the container has no address of that family`);
    }
    if (wish.hostPorts === undefined) return this.#bindRandom(owner, { wish, addresses });
    const { first, last } = wish.hostPorts;
    for (let port = first; ; port++) {
      try {
        return this.#holdAll(owner, { wish, addresses, port });
      } catch (error) {
        if (port >= last || !isEngineError(error, "conflict")) throw asServerError(error);
      }
    }
  }

  #bindRandom(owner: PortOwner, { wish, addresses }: { wish: PublishedPort; addresses: readonly IpAddress[] }): Held[] {
    const { first, last } = ephemeralRange();
    for (let tried = 0; tried <= last - first; tried++) {
      const port = this.#nextRandom === undefined || this.#nextRandom > last || this.#nextRandom < first ? first : this.#nextRandom;
      this.#nextRandom = port + 1;
      try {
        return this.#holdAll(owner, { wish, addresses, port });
      } catch (error) {
        if (!isEngineError(error, "conflict")) throw asServerError(error);
      }
    }
    throw new EngineError("internal", "all ports are allocated");
  }

  /** The same port on every address, or on none. */
  #holdAll(owner: PortOwner, { wish, addresses, port }: { wish: PublishedPort; addresses: readonly IpAddress[]; port: number }): Held[] {
    const held: Held[] = [];
    try {
      for (const address of addresses) {
        const descriptor = this.#hold(owner, { wish, at: { protocol: wish.protocol, address, port } });
        held.push({
          port: { containerPort: wish.containerPort, protocol: wish.protocol, hostAddress: formatIpAddress(address), hostPort: port },
          descriptors: [descriptor],
        });
      }
      return held;
    } catch (error) {
      for (const { descriptors } of held) closeAll(descriptors);
      throw error;
    }
  }

  #hold(owner: PortOwner, { wish, at }: { wish: PublishedPort; at: PortAddress }): Descriptor {
    const where = hostPort(formatIpAddress(at.address), at.port);
    try {
      return holdPort(at);
    } catch (error) {
      if (isSystemError(error, "EADDRINUSE") && this.#isOurs(at)) {
        throw new EngineError("conflict", `Bind for ${where} failed: port is already allocated`);
      }
      if (isSystemError(error, "EADDRINUSE", "EADDRNOTAVAIL")) {
        const inside = owner.addresses.get(at.address.family);
        const target = hostPort(inside === undefined ? "" : formatIpAddress(inside), wish.containerPort);
        const isTaken = error.code === "EADDRINUSE";
        throw new EngineError(isTaken ? "conflict" : "internal",
          `failed to bind host port for ${where}:${target}/${at.protocol}: ${isTaken ? "address already in use" : "cannot assign requested address"}`);
      }
      if (isSystemError(error, "EPROTONOSUPPORT")) {
        throw new EngineError("unsupported", `cannot publish ${where}/${at.protocol}: the kernel of this machine does not speak ${at.protocol}`);
      }
      throw error;
    }
  }

  #isOurs({ protocol, address, port }: PortAddress): boolean {
    const wildcard = formatIpAddress(anyAddress[address.family]);
    const text = formatIpAddress(address);
    return [...this.#held.values()].flat().some(({ port: other }) =>
      other.protocol === protocol && other.hostPort === port
      && (other.hostAddress === text || other.hostAddress === wildcard || (text === wildcard && parseIpAddress(other.hostAddress).family === address.family)));
  }
}

/** What a bound port is held on. */
function addressOf({ protocol, hostAddress, hostPort: port }: BoundPort): PortAddress {
  return { protocol, address: parseIpAddress(hostAddress), port };
}

function hostAddresses({ addresses }: PortOwner, { hostAddress }: PublishedPort): IpAddress[] {
  if (hostAddress === undefined) return [...addresses.keys()].map((family) => anyAddress[family]);
  const address = parseIpAddress(hostAddress);
  return addresses.has(address.family) ? [address] : [];
}

/** A taken port is docker's internal error, whatever it is to the search for a free one. */
function asServerError(error: unknown): unknown {
  return isEngineError(error, "conflict") ? new EngineError("internal", error.message) : error;
}

function ephemeralRange(): { first: number; last: number } {
  const [first, last] = readFileSync("/proc/sys/net/ipv4/ip_local_port_range", "utf8").trim().split(/\s+/).map(Number);
  return { first: first ?? 49_153, last: last ?? 65_535 };
}

function hostPort(address: string, port: number): string {
  return address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;
}

function closeAll(descriptors: readonly Descriptor[]): void {
  for (const descriptor of descriptors) descriptor.close();
}
