import type { EventMessage, EventsOptions, EventType } from "../../api/types/index.ts";
import { matchesFilters } from "./event-filter.ts";
import { makeEvent } from "./event-line.ts";
import { MemoryHistory, type EventHistory } from "./history.ts";

/** Something that happened, before it got its time. */
export interface EngineEvent {
  readonly type: EventType;
  /** "start", "die", "exec_create: sh", … */
  readonly action: string;
  readonly id: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/** Keeps the time of events strictly increasing, so that `since` and `until` never cut between two of one moment. */
export type NanosecondClock = () => bigint;

/** A client that does not read is let go instead of filling memory. */
const backlogSize = 16_384;

/** Everything that happens in the engine, told to whoever asks: `GET /events`, restart policies, waits. */
export class EventBus {
  readonly #history: EventHistory;
  readonly #listeners = new Set<(event: EventMessage) => void>();
  readonly #clock: NanosecondClock;
  #last = 0n;

  constructor(clock: NanosecondClock = () => BigInt(Math.round((performance.timeOrigin + performance.now()) * 1e6)), history: EventHistory = new MemoryHistory()) {
    this.#clock = clock;
    this.#history = history;
  }

  emit(happened: EngineEvent): void {
    const event = makeEvent({ ...happened, timeNano: this.#now() });
    this.#history.add(event);
    for (const listener of this.#listeners) listener(event);
  }

  #now(): bigint {
    const now = this.#clock();
    this.#last = now > this.#last ? now : this.#last + 1n;
    return this.#last;
  }

  /** How many are listening, for `info`. */
  get listeners(): number {
    return this.#listeners.size;
  }

  /** @returns what ends it */
  listen(listener: (event: EventMessage) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /**
   * Past events since `since`, then what comes, until `until` or the signal. Subscribed when this returns: nothing that
   * happens from now on is missed.
   */
  subscribe(options: EventsOptions, signal: AbortSignal): AsyncIterable<EventMessage> {
    const { since, until, filters } = options;
    const wanted = (event: EventMessage): boolean =>
      (until === undefined || event.timeNano <= until) && matchesFilters(event, filters);
    const past = since === undefined ? undefined : this.#history.past(since);
    const subscription = new Subscription(signal);
    const isOver = until !== undefined && until <= this.#clock();
    const stopListening = isOver ? undefined : this.listen((event) => { if (wanted(event)) subscription.push(event); });
    if (isOver) subscription.end();
    const timer = isOver || until === undefined ? undefined : endAt(until - this.#clock(), () => { subscription.end(); });
    return subscription.events({
      past: past === undefined ? undefined : filtered(past, wanted),
      close: () => {
        stopListening?.();
        timer?.();
      },
    });
  }
}

async function* filtered(events: AsyncIterable<EventMessage>, wanted: (event: EventMessage) => boolean): AsyncGenerator<EventMessage> {
  for await (const event of events) if (wanted(event)) yield event;
}

const longestTimer = 2 ** 31 - 1;

function endAt(nanoseconds: bigint, end: () => void): () => void {
  let timer: NodeJS.Timeout;
  const wait = (left: number): void => {
    timer = setTimeout(() => { if (left > longestTimer) wait(left - longestTimer); else end(); }, Math.min(left, longestTimer));
  };
  wait(Number(nanoseconds / 1_000_000n) + 1);
  return () => { clearTimeout(timer); };
}

class Subscription {
  readonly #queue: EventMessage[] = [];
  readonly #signal: AbortSignal;
  #wake: (() => void) | undefined;
  #ended = false;

  constructor(signal: AbortSignal) {
    this.#signal = signal;
    signal.addEventListener("abort", () => { this.end(); }, { once: true });
    if (signal.aborted) this.end();
  }

  push(event: EventMessage): void {
    if (this.#ended) return;
    this.#queue.push(event);
    if (this.#queue.length > backlogSize) this.end();
    this.#wake?.();
  }

  end(): void {
    this.#ended = true;
    this.#wake?.();
  }

  async *events({ past, close }: { readonly past: AsyncIterable<EventMessage> | undefined; readonly close: () => void }): AsyncGenerator<EventMessage> {
    try {
      for await (const event of past ?? []) {
        if (this.#signal.aborted) return;
        yield event;
      }
      while (!this.#signal.aborted) {
        const event = this.#queue.shift();
        if (event !== undefined) yield event;
        else if (this.#ended) return;
        else await this.#next();
      }
    } finally {
      this.#ended = true;
      close();
    }
  }

  async #next(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<undefined>();
    this.#wake = () => { resolve(undefined); };
    if (this.#queue.length === 0 && !this.#ended) await promise;
    this.#wake = undefined;
  }
}
