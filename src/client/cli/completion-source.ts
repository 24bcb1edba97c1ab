import { isEngineError } from "../../base/index.ts";
import type { EngineClient } from "../sdk/index.ts";
import { parseFlags, type Flag, type ParsedLine } from "./command/index.ts";
import type { CommandLine } from "./command-line.ts";
import { ContextStore } from "./context-store/index.ts";
import { complete } from "./completion/index.ts";
import { LazyEngine } from "./lazy-engine.ts";
import { lineSettings, type LineSettings } from "./line-settings.ts";
import { commands, groups, isBuiltIn } from "./tree.ts";

/** What completes the last word; an engine that does not answer has nothing to offer. */
export async function completionFor(line: CommandLine, words: readonly string[], globalFlags: readonly Flag[]): Promise<readonly string[]> {
  const before = words.slice(0, -1);
  const current = words.at(-1) ?? "";
  let global: ParsedLine;
  try {
    global = parseFlags(before, globalFlags, { isInterspersed: false });
  } catch (error) {
    if (!isEngineError(error)) throw error;
    // The last word is the value of a global flag, or what stands before it is wrong.
    return ["-c", "--context"].includes(before.at(-1) ?? "") ? contextNames(lineSettings(line, parseFlags([], globalFlags).flags)).filter((name) => name.startsWith(current)) : [":files"];
  }
  if (global.args.length === 0 && current.startsWith("-")) {
    return [...globalFlags.map(({ name }) => `--${name}`), "--help"].sort().filter((name) => name.startsWith(current));
  }
  return await completeCommand({ line, settings: lineSettings(line, global.flags) }, [...global.args, current]);
}

function contextNames({ settings }: LineSettings): readonly string[] {
  return ["default", ...new ContextStore(settings.folder).list().map(({ Name }) => Name)];
}

async function completeCommand(from: { readonly line: CommandLine; readonly settings: LineSettings }, words: readonly string[]): Promise<readonly string[]> {
  const { line, settings } = from;
  const [first = ""] = words;
  if (first === "help" && words.length > 1) return await completeCommand(from, words.slice(1));
  if (words.length > 1 && !isBuiltIn(first)) return await pluginCandidates(line, words, settings);
  using engine = new LazyEngine(line, settings, { mayStart: false });
  const offered = async (ask: (engine: EngineClient) => Promise<readonly string[]>): Promise<readonly string[]> => {
    try {
      return await ask(engine.client);
    } catch {
      return [];
    }
  };
  const plugins = words.length === 1 ? await settings.settings.plugins() : [];
  return await complete(words, {
    paths: [
      "help ",
      ...plugins.filter(({ Err }) => Err === undefined).map(({ Name }) => `${Name} `),
      ...commands.filter(({ isHidden }) => isHidden !== true).flatMap(({ paths }) => paths), ...groups.map(({ name }) => `${name} `),
    ],
    load: async (path) => await commands.find(({ paths }) => paths.includes(path))?.load?.(),
    containers: (all) => offered(async (engine) => {
      const list = await engine.call("containerList", { query: { all } });
      return list.flatMap(({ Names }) => Names.map((name) => name.replace(/^\//, "")));
    }),
    images: () => offered(async (engine) => (await engine.call("imageList", {})).flatMap(({ RepoTags }) => RepoTags ?? [])),
    volumes: () => offered(async (engine) => ((await engine.call("volumeList", {})).Volumes ?? []).map(({ Name }) => Name)),
    networks: () => offered(async (engine) => (await engine.call("networkList", {})).map(({ Name }) => Name)),
    contexts: () => Promise.resolve(contextNames(settings)),
  });
}

/** A plugin completes its own lines. */
async function pluginCandidates(line: CommandLine, words: readonly string[], settings: LineSettings): Promise<readonly string[]> {
  const [{ pluginCall }, { completePlugin }] = await Promise.all([import("./plugin-call.ts"), import("./plugin/index.ts")]);
  const call = pluginCall({ ...line, words }, words, settings);
  return call === undefined ? [] : completePlugin(call);
}
