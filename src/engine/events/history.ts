import type { EventMessage } from "../../api/types/index.ts";

/** What has happened, for those who ask for it later. */
export interface EventHistory {
  /** Keeps an event. It never fails: that something happened is told all the same. */
  add(event: EventMessage): void;
  /**
   * Events that are kept by now, oldest first; what is added later is not among them.
   * @param since nanoseconds since the epoch
   */
  past(since: bigint): AsyncIterable<EventMessage>;
}

/** As long as this process lives; for tests. */
export class MemoryHistory implements EventHistory {
  readonly #events: EventMessage[] = [];

  add(event: EventMessage): void {
    this.#events.push(event);
  }

  past(since: bigint): AsyncIterable<EventMessage> {
    const kept = this.#events.filter(({ timeNano }) => timeNano >= since);
    return (async function* () {
      for (const event of kept) yield await Promise.resolve(event);
    })();
  }
}
