import type { CommandContext, Plugin } from "../command/index.ts";

export interface PluginCall {
  readonly plugin: Plugin;
  /** The whole command line without the program's name: plugins read docker's global flags themselves. */
  readonly words: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly onSignals: CommandContext["onSignals"];
}

/** Signals that a terminal does not send to the plugin by itself. */
const forwarded: readonly NodeJS.Signals[] = ["SIGTERM", "SIGHUP"];

/** Runs a plugin on our own standard streams. Resolves with its exit code. */
export async function runPlugin({ plugin, words, environment, onSignals }: PluginCall): Promise<number> {
  const child = Bun.spawn([plugin.Path, ...words], { env: { ...environment }, stdin: "inherit", stdout: "inherit", stderr: "inherit" });
  using stack = new DisposableStack();
  stack.use(onSignals(forwarded, (signal) => { child.kill(signal); }));
  // From the terminal both get them: the plugin decides what comes of it, and we report.
  stack.use(onSignals(["SIGINT", "SIGQUIT"], () => undefined));
  return await child.exited;
}

/** What completes the last word of a plugin's command line, by its own answer to `__complete`. */
export function completePlugin({ plugin, words, environment }: Omit<PluginCall, "onSignals">): readonly string[] {
  const { exitCode, stdout } = Bun.spawnSync([plugin.Path, "__complete", ...words], { env: { ...environment }, stdin: "ignore", stdout: "pipe", stderr: "ignore" });
  if (exitCode !== 0) return [];
  // One candidate a line, a description behind a tab; the last line is a directive.
  return stdout.toString().split("\n").filter((line) => line !== "" && !line.startsWith(":")).map((line) => line.split("\t", 1)[0] ?? "");
}
