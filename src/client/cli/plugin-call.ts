import type { CommandLine } from "./command-line.ts";
import { defaultContext } from "./context-store/index.ts";
import type { LineSettings } from "./line-settings.ts";
import { builderAlias, findPlugin, type PluginCall } from "./plugin/index.ts";
import { isBuiltIn } from "./tree.ts";

/** How the plugin is called that these words are for; undefined where they are for none. */
export function pluginCall(line: CommandLine, args: readonly string[], from: LineSettings): Omit<PluginCall, "onSignals"> | undefined {
  const { settings } = from;
  const meant = builderAlias(settings.file(), args, isBuiltIn) ?? args;
  const name = (meant[0] === "help" || meant[0] === "__complete" ? meant[1] : meant[0]) ?? "";
  const plugin = isBuiltIn(name) ? undefined : findPlugin(settings, name, isBuiltIn);
  if (plugin === undefined) return undefined;
  const globals = line.words.slice(0, line.words.length - args.length);
  return {
    plugin,
    words: [...globals, ...meant],
    environment: { ...line.environment, ...engineVariable(from), DOCKER_CLI_PLUGIN_ORIGINAL_CLI_COMMAND: originalCommand(line) },
  };
}

/** Plugins find the engine as docker does: what only wharf knows, its own variable and its own default, they are told. */
function engineVariable({ settings, sources }: LineSettings): { readonly DOCKER_HOST?: string } {
  const { hosts, context } = sources().flags;
  const isTold = hosts.length > 0 || context !== "" || settings.context() !== defaultContext;
  return isTold ? {} : { DOCKER_HOST: settings.defaultHost().host };
}

/** What a plugin calls when it wants docker itself. */
function originalCommand({ self }: CommandLine): string {
  return self.length === 1 ? self[0] ?? "wharf" : "wharf";
}
