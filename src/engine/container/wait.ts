import type { ContainerWaitReply, WaitCondition } from "../../api/types/index.ts";
import { EngineError } from "../../base/index.ts";
import type { ContainerWait } from "../server/index.ts";
import type { Container } from "./container.ts";

/** Registers a wait: what happens from now on is not missed. */
export function waitFor(container: Container, condition: WaitCondition, signal: AbortSignal): ContainerWait {
  const reply = (): ContainerWaitReply => ({ StatusCode: container.record.state.exitCode });
  if (condition === "not-running" && !container.isActive) return { exit: Promise.resolve(reply()) };
  if (container.isRemoved) return { exit: Promise.resolve(reply()) };
  const { promise, resolve, reject } = Promise.withResolvers<ContainerWaitReply>();
  const stopListening = container.onChange((change) => {
    if (condition === "removed" ? change === "removed" : true) resolve(reply());
  });
  const abort = (): void => { reject(new EngineError("cancelled", "the client no longer waits")); };
  signal.addEventListener("abort", abort, { once: true });
  if (signal.aborted) abort();
  const exit = promise.finally(() => {
    stopListening();
    signal.removeEventListener("abort", abort);
  });
  // Whoever registered may never look at the result.
  exit.catch(() => undefined);
  return { exit };
}
