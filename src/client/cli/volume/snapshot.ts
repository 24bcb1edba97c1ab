import { labelFlag, labelsOf } from "./labels.ts";
import type { Command } from "../command/index.ts";

/** Tells what a snapshot was made of. */
const originLabel = "wharf.snapshot.of";

export const snapshotCommand: Command = {
  usage: "[OPTIONS] VOLUME [NAME]",
  arity: { least: 1, most: 2 },
  flags: [labelFlag],
  async run({ engine, io }, { flags, args }) {
    const [volume = "", name = `${volume}.${compactTime(new Date())}`] = args;
    const { Name } = await engine.call("volumeClone", { path: { name: volume }, body: { Name: name, Labels: { ...labelsOf(flags), [originLabel]: volume } } });
    await io.out.write(`${Name}\n`);
    return 0;
  },
};

/** ISO 8601 without the separators, to the second: such names sort by age. */
function compactTime(time: Date): string {
  return time.toISOString().replace(/\.\d+|[-:]/g, "");
}
