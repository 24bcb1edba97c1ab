import type { Filters } from "../../api/types/index.ts";
import { EngineError } from "../../base/index.ts";
import { hasLabel } from "./labels.ts";
import { parseMoment } from "./moment.ts";

/** What filters look at of something that may be pruned. */
export interface Prunable {
  readonly labels: Readonly<Record<string, string>> | null | undefined;
  /** Milliseconds since the epoch. */
  readonly created: number;
}

/**
 * Makes the decision that filters of a prune ask for: every `label`, not all of `label!`, and not newer than `until`.
 * @throws EngineError `invalid-argument` for a moment that is none, or for two
 */
export function pruneFilter(filters: Filters<"label" | "label!" | "until">, now: number): (object: Prunable) => boolean {
  const wanted = filters.get("label") ?? [];
  const spared = filters.get("label!") ?? [];
  const moments = filters.get("until") ?? [];
  if (moments.length > 1) throw new EngineError("invalid-argument", "more than one until filter specified");
  const until = moments[0] === undefined ? Number.POSITIVE_INFINITY : parseMoment(moments[0], now);
  return ({ labels, created }) =>
    created <= until
    && wanted.every((label) => hasLabel(labels, label))
    && !(spared.length > 0 && spared.every((label) => hasLabel(labels, label)));
}

/** One prune at a time for a kind of objects. */
export class PruneTurn {
  #isTaken = false;

  /** @throws EngineError `conflict`, docker's text, while another one runs */
  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#isTaken) throw new EngineError("conflict", "a prune operation is already running");
    this.#isTaken = true;
    try {
      return await work();
    } finally {
      this.#isTaken = false;
    }
  }
}
