import type { ClientSettings, Plugin } from "../command/index.ts";
import { pluginCandidates } from "./plugin-candidates.ts";
import { inspectPlugin } from "./plugin.ts";

/** Every plugin of docker's client on this machine, by name, those that cannot be used included. */
export function listPlugins(settings: ClientSettings, isBuiltIn: (name: string) => boolean): readonly Plugin[] {
  return [...pluginCandidates(settings)].map(([name, paths]) => inspectPlugin({ name, paths, environment: settings.environment, isBuiltIn }));
}

/** The plugin of a name, where there is one that can be used. */
export function findPlugin(settings: ClientSettings, name: string, isBuiltIn: (name: string) => boolean): Plugin | undefined {
  const paths = pluginCandidates(settings).get(name);
  if (paths === undefined) return undefined;
  const plugin = inspectPlugin({ name, paths, environment: settings.environment, isBuiltIn });
  return plugin.Err === undefined ? plugin : undefined;
}
