import { EngineError, isEngineError } from "../../../base/index.ts";
import { CommandFailure, documentFormatFlag, switchFlag, textFlag, type Command, type CommandContext } from "../command/index.ts";
import { writeInspection } from "../output/index.ts";

type Finder = (context: CommandContext, name: string, size: boolean) => Promise<unknown>;

/** What can be inspected, in the order in which a name is looked for. */
const finders: Readonly<Record<string, Finder>> = {
  container: ({ engine }, id, size) => engine.call("containerInspect", { path: { id }, query: { size } }),
  image: ({ engine }, name) => engine.call("imageInspect", { path: { name } }),
  network: ({ engine }, id) => engine.call("networkInspect", { path: { id } }),
  volume: ({ engine }, name) => engine.call("volumeInspect", { path: { name } }),
};

/** What is only looked for when its type is given: plugins of the engine, and a swarm's things. */
const elsewhere: Readonly<Record<string, Finder>> = {
  config: ({ engine }, id) => engine.call("configInspect", { path: { id } }),
  node: ({ engine }, id) => engine.call("nodeInspect", { path: { id } }),
  plugin: ({ engine }, name) => engine.call("pluginInspect", { path: { name } }),
  secret: ({ engine }, id) => engine.call("secretInspect", { path: { id } }),
  service: ({ engine }, id) => engine.call("serviceInspect", { path: { id } }),
  task: ({ engine }, id) => engine.call("taskInspect", { path: { id } }),
};

export const inspectCommand: Command = {
  usage: "[OPTIONS] NAME|ID [NAME|ID...]",
  arity: { least: 1 },
  flags: [
    documentFormatFlag,
    switchFlag("size", "Display total file sizes if the type is container", { short: "s" }),
    textFlag("type", "Only inspect objects of the given type"),
  ],
  async run(context, { flags, args }) {
    const type = flags.text("type");
    if (flags.isGiven("type") && type === "") throw new CommandFailure(1, 'type is empty: must be one of "config", "container", "image", "network", "node", "plugin", "secret", "service", "task", "volume"');
    const chosen = finders[type] ?? elsewhere[type];
    if (type !== "" && chosen === undefined) {
      throw new CommandFailure(1, `unknown type: ${JSON.stringify(type)}: must be one of "config", "container", "image", "network", "node", "plugin", "secret", "service", "task", "volume"`);
    }
    const size = flags.isOn("size");
    return await writeInspection(context.io, {
      names: args,
      format: flags.text("format"),
      fetch: async (name) => {
        if (chosen !== undefined) return await chosen(context, name, size);
        for (const find of Object.values(finders)) {
          const found = await find(context, name, size).catch(nothingThere);
          if (found !== undefined) return found;
        }
        throw new EngineError("not-found", `Error: No such object: ${name}`);
      },
    });
  },
};

function nothingThere(error: unknown): undefined {
  if (isEngineError(error, "not-found")) return undefined;
  throw error;
}
