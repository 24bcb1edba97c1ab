import type { Endpoint } from "./contract.ts";
import type { SandboxRecord } from "./sandbox-record.ts";

/** The sandboxes that there are, by container, and by address for those who hear from one. */
export class SandboxIndex {
  readonly #byContainer = new Map<string, SandboxRecord>();
  readonly #byAddress = new Map<string, SandboxRecord>();
  #version = 0;

  /** Another after every change. */
  get version(): number {
    return this.#version;
  }

  get(containerId: string): SandboxRecord | undefined {
    return this.#byContainer.get(containerId);
  }

  all(): SandboxRecord[] {
    return [...this.#byContainer.values()];
  }

  /** Who has an IPv4 address on a network. */
  at(networkId: string, address: string): SandboxRecord | undefined {
    return this.#byAddress.get(`${networkId}/${address}`);
  }

  /** In place of what was known of the container. */
  set(record: SandboxRecord): void {
    this.delete(record.sandbox.containerId);
    this.#byContainer.set(record.sandbox.containerId, record);
    for (const endpoint of record.sandbox.endpoints) this.#byAddress.set(addressKey(endpoint), record);
  }

  delete(containerId: string): void {
    this.#version++;
    for (const endpoint of this.#byContainer.get(containerId)?.sandbox.endpoints ?? []) this.#byAddress.delete(addressKey(endpoint));
    this.#byContainer.delete(containerId);
  }
}

function addressKey({ networkId, ipv4 }: Endpoint): string {
  return `${networkId}/${ipv4?.address ?? ""}`;
}
