import type { EventFilter, EventMessage } from "../../../api/types/index.ts";
import type { EngineClient } from "../../sdk/index.ts";
import { errorText, shortId } from "../output/index.ts";
import type { StatsRow } from "./stats-format.ts";

/** Which containers are watched. */
export interface StatsWish {
  /** By name; none: all that run, also those that come. */
  readonly names: readonly string[];
  /** Also those that do not run. */
  readonly all: boolean;
}

/** Takes one sample of each container. @throws Error with what went wrong for those that were named */
export async function sampleOnce(engine: EngineClient, { names, all }: StatsWish): Promise<readonly StatsRow[]> {
  const isNamed = names.length > 0;
  const wanted = isNamed ? [...new Set(names)] : await listIds(engine, all);
  const outcomes = await Promise.all(wanted.map(async (id) => {
    const row: StatsRow = { container: isNamed ? id : shortId(id), sample: undefined };
    try {
      for await (const sample of await engine.lines("containerStats", { path: { id }, query: { stream: false } })) row.sample = sample;
    } catch (error) {
      // One that was not named may have been removed meanwhile.
      if (isNamed) return errorText(error);
    }
    return row;
  }));
  const problems = outcomes.filter((outcome) => typeof outcome === "string");
  if (problems.length > 0) throw new Error(problems.join("\n"));
  return outcomes.filter((outcome) => typeof outcome !== "string");
}

/** Follows what containers use; `rows` always has the last samples. */
export class StatsWatch {
  readonly #engine: EngineClient;
  readonly #wish: StatsWish;
  readonly #rows = new Map<string, StatsRow>();

  constructor(engine: EngineClient, wish: StatsWish) {
    this.#engine = engine;
    this.#wish = wish;
  }

  get rows(): readonly StatsRow[] {
    return [...this.#rows.values()];
  }

  /**
   * Resolves when each container has its first sample; `ended` when there is nothing to watch any more.
   * @throws Error with what went wrong for those that were named
   */
  async begin(): Promise<{ readonly ended: Promise<void> }> {
    const { names, all } = this.#wish;
    if (names.length > 0) {
      const begun = await Promise.allSettled([...new Set(names)].map((name) => this.#follow(name)));
      const problems = begun.flatMap((outcome) => (outcome.status === "rejected" ? [errorText(outcome.reason)] : []));
      if (problems.length > 0) throw new Error(problems.join("\n"));
      const ends = begun.flatMap((outcome) => (outcome.status === "fulfilled" ? [outcome.value.ended] : []));
      return { ended: Promise.all(ends).then(() => undefined) };
    }
    // Before the list, so that none is missed that starts in between.
    const events = await this.#engine.lines("systemEvents", { query: { filters: new Map<EventFilter, readonly string[]>([["type", ["container"]]]) } });
    await Promise.allSettled((await listIds(this.#engine, all)).map((id) => this.#follow(id)));
    return { ended: this.#listen(events) };
  }

  async #listen(events: AsyncIterable<EventMessage>): Promise<void> {
    const { all } = this.#wish;
    for await (const { Action: action, Actor: { ID: id } } of events) {
      if (action === "start" || (all && action === "create")) this.#follow(id).catch(() => { this.#rows.delete(id); });
      if (action === "destroy" || (!all && action === "die")) this.#rows.delete(id);
    }
  }

  /** Resolves with the first sample. */
  async #follow(id: string): Promise<{ readonly ended: Promise<void> }> {
    if (this.#rows.has(id)) return { ended: Promise.resolve() };
    const row: StatsRow = { container: this.#wish.names.length > 0 ? id : shortId(id), sample: undefined };
    this.#rows.set(id, row);
    const stop = new AbortController();
    const samples = (await this.#engine.lines("containerStats", { path: { id }, query: { stream: true }, signal: stop.signal }))[Symbol.asyncIterator]();
    const next = async (): Promise<boolean> => {
      const result = await samples.next();
      if (result.done !== true) row.sample = result.value;
      return result.done !== true;
    };
    await next();
    return { ended: this.#goOn(id, { row, next, stop }) };
  }

  async #goOn(id: string, { row, next, stop }: { readonly row: StatsRow; readonly next: () => Promise<boolean>; readonly stop: AbortController }): Promise<void> {
    const isWanted = (): boolean => this.#rows.get(id) === row;
    try {
      while (isWanted() && await next());
    } catch {
      // The connection broke: nothing is known of it any more, and the display goes on with the others.
    } finally {
      if (isWanted()) this.#rows.delete(id);
      stop.abort();
    }
  }
}

async function listIds(engine: EngineClient, all: boolean): Promise<readonly string[]> {
  return (await engine.call("containerList", { query: { all } })).map(({ Id }) => Id);
}
