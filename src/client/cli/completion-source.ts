import type { EngineClient } from "../sdk/index.ts";
import { complete } from "./completion/index.ts";
import { commands, groups } from "./tree.ts";

/** What completes the last word; an engine that does not answer has nothing to offer. */
export async function completionFor(words: readonly string[], open: () => { readonly client: EngineClient }): Promise<readonly string[]> {
  const offered = async (ask: (engine: EngineClient) => Promise<readonly string[]>): Promise<readonly string[]> => {
    try {
      return await ask(open().client);
    } catch {
      return [];
    }
  };
  return await complete(words, {
    paths: [...commands.filter(({ isHidden }) => isHidden !== true).flatMap(({ paths }) => paths), ...groups.map(({ name }) => `${name} `)],
    load: async (path) => await commands.find(({ paths }) => paths.includes(path))?.load?.(),
    containers: (all) => offered(async (engine) => {
      const list = await engine.call("containerList", { query: { all } });
      return list.flatMap(({ Names }) => Names.map((name) => name.replace(/^\//, "")));
    }),
    images: () => offered(async (engine) => (await engine.call("imageList", {})).flatMap(({ RepoTags }) => RepoTags ?? [])),
    volumes: () => offered(async (engine) => ((await engine.call("volumeList", {})).Volumes ?? []).map(({ Name }) => Name)),
    networks: () => offered(async (engine) => (await engine.call("networkList", {})).map(({ Name }) => Name)),
  });
}
