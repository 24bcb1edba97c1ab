import type { CommandContext } from "../command/index.ts";

/** What a container may be sent from here: all that can be caught but those that the client's own run-time uses. */
const forwarded: readonly NodeJS.Signals[] = [
  "SIGHUP", "SIGINT", "SIGQUIT", "SIGABRT", "SIGUSR1", "SIGUSR2", "SIGTERM", "SIGCONT", "SIGTSTP", "SIGALRM", "SIGIO", "SIGPWR",
];

/** Sends the signals that come here on to a container. One that has ended already is no failure. */
export function forwardSignals(context: CommandContext, id: string): Disposable {
  return context.onSignals(forwarded, (signal) => {
    context.engine.call("containerKill", { path: { id }, query: { signal } }).catch(() => undefined);
  });
}
