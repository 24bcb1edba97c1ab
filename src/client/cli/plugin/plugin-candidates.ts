import { readdirSync } from "node:fs";
import type { ClientSettings } from "../command/index.ts";

const systemFolders = ["/usr/local/lib/docker/cli-plugins", "/usr/local/libexec/docker/cli-plugins", "/usr/lib/docker/cli-plugins", "/usr/libexec/docker/cli-plugins"];
const prefix = "docker-";

/** Where docker's client looks for its plugins, those first whose plugins win. */
export function pluginFolders(settings: ClientSettings): readonly string[] {
  const extra = settings.file()["cliPluginsExtraDirs"];
  const folders = Array.isArray(extra) ? extra.filter((folder): folder is string => typeof folder === "string") : [];
  return [...folders, `${settings.folder}/cli-plugins`, ...systemFolders];
}

/** Paths of the files that are named as plugins, by the plugin's name; of those of one name the first one wins. */
export function pluginCandidates(settings: ClientSettings): ReadonlyMap<string, readonly string[]> {
  const candidates = new Map<string, string[]>();
  for (const folder of pluginFolders(settings)) {
    for (const file of filesIn(folder)) {
      if (!file.startsWith(prefix)) continue;
      const name = file.slice(prefix.length);
      candidates.set(name, [...(candidates.get(name) ?? []), `${folder}/${file}`]);
    }
  }
  return new Map([...candidates].sort(([a], [b]) => a.localeCompare(b, "en", { numeric: true })));
}

function filesIn(folder: string): string[] {
  try {
    return readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isFile() || entry.isSymbolicLink()).map(({ name }) => name).sort();
  } catch {
    // Docker passes over a folder that is not there or cannot be read.
    return [];
  }
}
