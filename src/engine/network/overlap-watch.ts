import { netlinkGroups } from "../../host/netlink/index.ts";
import type { Poller } from "../../host/poll/index.ts";
import { KernelWatch } from "./kernel-watch.ts";

export interface OverlapWatchParts {
  readonly poller: Poller;
  /** Every overlap that there is now, one sentence each. */
  readonly find: () => readonly string[];
  readonly onOverlap: (sentence: string) => void;
}

/** Milliseconds after news: routes come many at a time, and each look is at all of them. */
const patience = 500;

/** Tells once of each overlap of the engine's networks with what the machine is connected to later. */
export class OverlapWatch implements AsyncDisposable {
  readonly #parts: OverlapWatchParts;
  readonly #watch: KernelWatch;
  #known: ReadonlySet<string>;
  #timer: Timer | undefined;

  constructor(parts: OverlapWatchParts) {
    this.#parts = parts;
    this.#known = new Set(parts.find());
    for (const sentence of this.#known) parts.onOverlap(sentence);
    const { addresses4, addresses6, routes4, routes6 } = netlinkGroups;
    this.#watch = new KernelWatch({
      poller: parts.poller, protocol: "route", groups: [addresses4, addresses6, routes4, routes6],
      onNews: () => { this.#timer ??= setTimeout(() => { this.#look(); }, patience); },
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearTimeout(this.#timer);
    await this.#watch[Symbol.asyncDispose]();
    clearTimeout(this.#timer);
  }

  #look(): void {
    this.#timer = undefined;
    const found = new Set(this.#parts.find());
    for (const sentence of found) if (!this.#known.has(sentence)) this.#parts.onOverlap(sentence);
    this.#known = found;
  }
}
