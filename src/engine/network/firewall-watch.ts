import { EngineError, isEngineError } from "../../base/index.ts";
import { NetlinkListener, netlinkGroups } from "../../host/netlink/index.ts";
import { changeAuthor, removedFrom } from "../../host/nftables/index.ts";
import type { Poller } from "../../host/poll/index.ts";
import type { Firewall } from "./firewall.ts";

export interface FirewallWatchParts {
  readonly poller: Poller;
  readonly firewall: Firewall;
  /** Told after the tables were put back. */
  readonly onRepaired: () => void;
  /** Told when they cannot be; the watch goes on. */
  readonly onFailure: (error: unknown) => void;
}

/**
 * Notices when somebody takes the engine's firewall away (`nft flush ruleset`, a firewall that is loaded anew), and puts
 * it back: without it containers of one network reach those of another, and published ports lead nowhere.
 */
export class FirewallWatch implements AsyncDisposable {
  readonly #parts: FirewallWatchParts;
  readonly #stop = new AbortController();
  readonly #listener = new NetlinkListener("netfilter", [netlinkGroups.nftables]);
  readonly #ended: Promise<void>;

  constructor(parts: FirewallWatchParts) {
    this.#parts = parts;
    this.#ended = this.#watch();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort(new EngineError("cancelled", "the engine is shutting down"));
    await this.#ended;
    this.#listener[Symbol.dispose]();
  }

  async #watch(): Promise<void> {
    for (;;) {
      try {
        await this.#parts.poller.ready(this.#listener.descriptor, "readable", this.#stop.signal);
      } catch (error) {
        if (isEngineError(error, "cancelled")) return;
        throw error;
      }
      if (this.#concernsUs()) this.#repair();
    }
  }

  /** Whether somebody else took something from the engine's tables; in doubt it may have been the engine itself. */
  #concernsUs(): boolean {
    const heard = this.#listener.take();
    if (heard === "overrun") return true;
    let isTouched = false;
    for (const message of heard) {
      isTouched ||= removedFrom(message) === this.#parts.firewall.table;
      const author = changeAuthor(message);
      if (author === undefined) continue;
      if (isTouched && author !== process.pid) return true;
      isTouched = false;
    }
    return isTouched;
  }

  /** In one go, since a container that starts meanwhile would be missing. */
  #repair(): void {
    const { firewall, onRepaired, onFailure } = this.#parts;
    try {
      if (firewall.isWhole()) return;
      firewall.restore();
      onRepaired();
    } catch (error) {
      onFailure(error);
    }
  }
}
