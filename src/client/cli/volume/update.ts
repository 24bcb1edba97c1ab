import { CommandFailure, textFlag, type Command } from "../command/index.ts";

/** Only volumes of a swarm's cluster can be changed. */
export const updateCommand: Command = {
  usage: "[OPTIONS] VOLUME",
  arity: { least: 1, most: 1 },
  needs: { api: 42 },
  flags: [textFlag("availability", 'Cluster Volume availability ("active", "pause", "drain")', { absent: "active", needs: { api: 42 } })],
  async run({ engine }, { flags, args }) {
    const [name = ""] = args;
    const volume = await engine.call("volumeInspect", { path: { name } });
    const { ClusterVolume: cluster } = volume as typeof volume & { readonly ClusterVolume?: { readonly Version: { readonly Index: number }; readonly Spec: object } };
    if (cluster === undefined) throw new CommandFailure(1, "can only update cluster volumes");
    const body = { Spec: { ...cluster.Spec, ...(flags.isGiven("availability") ? { Availability: flags.text("availability") } : {}) } };
    await engine.call("volumeUpdate", { path: { name }, query: { version: cluster.Version.Index }, body: chunk(JSON.stringify(body)) });
    return 0;
  },
};

async function* chunk(text: string): AsyncGenerator<Uint8Array, void, undefined> {
  yield await Promise.resolve(Buffer.from(text));
}
