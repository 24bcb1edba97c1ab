import { setTimeout as sleep } from "node:timers/promises";
import type { ContainerStats, ContainerStatsOptions } from "../../api/types/index.ts";
import type { Container } from "./container.ts";
import type { ContainerParts } from "./parts.ts";
import { after, takeSample } from "./sample.ts";

/** Milliseconds between two samples. */
const interval = 1000;

export interface StatsWatch extends ContainerStatsOptions {
  readonly parts: ContainerParts;
  readonly signal: AbortSignal;
}

/**
 * What a container uses of the machine: once, or every second until it is removed or the client goes. One that does not
 * run uses nothing, and says so in each sample.
 */
export async function* watchStats(container: Container, { stream, oneShot, parts, signal }: StatsWatch): AsyncGenerator<ContainerStats, void, undefined> {
  const first = takeSample(container, parts);
  const isAlone = oneShot || container.live === undefined;
  if (stream || isAlone) yield first;
  if (!stream && isAlone) return;
  let [last, due] = [first, performance.now()];
  using gone = removalOf(container);
  const ends = AbortSignal.any([signal, gone.signal]);
  do {
    // By the clock, so that the time to send a sample does not add up; a client that was slow gets no burst.
    due = Math.max(due + interval, performance.now());
    await pauseUntil(due, ends);
    if (ends.aborted) return;
    const sample = takeSample(container, parts);
    yield after(last, sample);
    last = sample;
  } while (stream);
}

function removalOf(container: Container): Disposable & { readonly signal: AbortSignal } {
  const gone = new AbortController();
  const stopListening = container.onChange((change) => { if (change === "removed") gone.abort(); });
  if (container.isRemoved) gone.abort();
  return { signal: gone.signal, [Symbol.dispose]: stopListening };
}

async function pauseUntil(due: number, signal: AbortSignal): Promise<void> {
  await sleep(due - performance.now(), undefined, { signal }).catch((error: unknown) => { if (!signal.aborted) throw error; });
}
