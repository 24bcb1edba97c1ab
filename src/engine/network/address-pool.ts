import { EngineError, addressInNetwork, formatIpAddress, formatIpNetwork, networkContains, networkSize } from "../../base/index.ts";
import type { IpAddress, IpNetwork } from "../../base/index.ts";

/**
 * The addresses of one subnet. The lowest free one is given, as docker does, so that a machine's first container is .2;
 * the network's own address and, in IPv4, the broadcast address are never given.
 */
export class AddressPool {
  readonly network: IpNetwork;
  readonly #taken = new Set<bigint>();
  readonly #first: bigint;
  readonly #last: bigint;
  /** No offset of the range below it is free. */
  #lowest: bigint;

  /** @param range the part of the network that addresses are given from; any address may be claimed. */
  constructor(network: IpNetwork, range: IpNetwork = network) {
    this.network = network;
    const start = range.address.value - network.address.value;
    const size = networkSize(network);
    const lastUsable = network.address.family === 4 && size > 2n ? size - 2n : size - 1n;
    const lastOfRange = start + networkSize(range) - 1n;
    this.#first = start === 0n ? 1n : start;
    this.#last = lastOfRange < lastUsable ? lastOfRange : lastUsable;
    this.#lowest = this.#first;
  }

  /** @throws EngineError `unavailable` when every address is taken. */
  allocate(): IpAddress {
    let offset = this.#lowest;
    while (this.#taken.has(offset)) offset++;
    if (offset > this.#last) {
      throw new EngineError("unavailable", `no available IPv${this.network.address.family} addresses on this network's address pools: ${formatIpNetwork(this.network)}`);
    }
    this.#taken.add(offset);
    this.#lowest = offset + 1n;
    return addressInNetwork(this.network, offset);
  }

  /** Takes the address that was asked for. @throws EngineError `conflict` when it is taken, `invalid-argument` when it lies elsewhere. */
  claim(address: IpAddress): void {
    const offset = this.#offset(address);
    if (offset === undefined) {
      throw new EngineError("invalid-argument", `invalid address ${formatIpAddress(address)}: it does not lie in the network ${formatIpNetwork(this.network)}`);
    }
    if (this.#taken.has(offset)) throw new EngineError("conflict", "Address already in use");
    this.#taken.add(offset);
  }

  /** An address that was not given is no error. */
  release(address: IpAddress): void {
    const offset = this.#offset(address);
    if (offset === undefined || !this.#taken.delete(offset)) return;
    if (offset >= this.#first && offset < this.#lowest) this.#lowest = offset;
  }

  get taken(): number {
    return this.#taken.size;
  }

  #offset(address: IpAddress): bigint | undefined {
    return networkContains(this.network, address) ? address.value - this.network.address.value : undefined;
  }
}
