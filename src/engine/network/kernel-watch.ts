import { EngineError, isEngineError } from "../../base/index.ts";
import { NetlinkListener, type NetlinkMessage, type NetlinkProtocol } from "../../host/netlink/index.ts";
import type { Poller } from "../../host/poll/index.ts";

export interface KernelWatchParts {
  readonly poller: Poller;
  readonly protocol: NetlinkProtocol;
  readonly groups: readonly number[];
  /** Told of everything that the kernel had to say since the last time; must not throw. */
  readonly onNews: (heard: NetlinkMessage[] | "overrun") => void;
}

/** Listens to what the kernel tells of changes to the machine's networking, until it is disposed of. */
export class KernelWatch implements AsyncDisposable {
  readonly #parts: KernelWatchParts;
  readonly #stop = new AbortController();
  readonly #listener: NetlinkListener;
  readonly #ended: Promise<void>;

  constructor(parts: KernelWatchParts) {
    this.#parts = parts;
    this.#listener = new NetlinkListener(parts.protocol, parts.groups);
    this.#ended = this.#listen();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort(new EngineError("cancelled", "the engine is shutting down"));
    await this.#ended;
    this.#listener[Symbol.dispose]();
  }

  async #listen(): Promise<void> {
    for (;;) {
      try {
        await this.#parts.poller.ready(this.#listener.descriptor, "readable", this.#stop.signal);
      } catch (error) {
        if (isEngineError(error, "cancelled")) return;
        throw error;
      }
      this.#parts.onNews(this.#listener.take());
    }
  }
}
