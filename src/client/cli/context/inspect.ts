import { documentFormatFlag, type Command } from "../command/index.ts";
import { defaultContext } from "../context-store/index.ts";
import { writeInspection } from "../output/index.ts";
import { Contexts } from "./contexts.ts";

const nowhere = "<IN MEMORY>";

export const inspectCommand: Command = {
  usage: "[OPTIONS] [CONTEXT] [CONTEXT...]",
  arity: { least: 0 },
  flags: [documentFormatFlag],
  async run({ io, settings }, { flags, args }) {
    const contexts = new Contexts(settings);
    return await writeInspection(io, {
      names: args.length > 0 ? args : [contexts.current],
      format: flags.text("format"),
      fetch: (name) => Promise.resolve().then(() => describe(contexts, name)),
    });
  },
};

function describe(contexts: Contexts, name: string): unknown {
  const { context, tls } = contexts.read(name);
  const { meta, tls: tlsPath } = contexts.store.paths(name);
  const isDefault = name === defaultContext;
  return {
    ...context,
    TLSMaterial: Object.fromEntries([...tls].map(([endpoint, files]) => [endpoint, [...files.keys()]])),
    Storage: { MetadataPath: isDefault ? nowhere : meta, TLSPath: isDefault ? nowhere : tlsPath },
  };
}
