import { formatDecimalSize } from "../../../base/index.ts";
import { filterFlag, switchFlag, type Command, type CommandContext, type Flag, type FlagValues } from "../command/index.ts";
import { confirms } from "../output/index.ts";
import type { Pruned } from "./pruning.ts";

/** What one prune command has of its own. */
export interface PruneKind {
  /** Beside `--filter` and `--force`. */
  readonly flags?: readonly Flag[];
  /** What is told before the user is asked. @throws Error for flags that do not go together */
  readonly warning: (context: CommandContext, flags: FlagValues) => string | Promise<string>;
  readonly prune: (context: CommandContext, flags: FlagValues) => AsyncIterable<Pruned>;
  /** False: nothing is won that could be told. */
  readonly tellsSize?: boolean;
}

/** Asks, prunes, and tells what is gone. */
export function pruneCommand({ flags: ownFlags = [], warning, prune, tellsSize = true }: PruneKind): Command {
  return {
    usage: "[OPTIONS]",
    arity: { least: 0, most: 0 },
    flags: [...ownFlags, filterFlag(), switchFlag("force", "Do not prompt for confirmation", { short: "f" })],
    async run(context, { flags }) {
      const { io } = context;
      const question = await warning(context, flags);
      if (!flags.isOn("force") && !await confirms(io, question)) return 0;
      let total = 0;
      for await (const { output, reclaimed } of prune(context, flags)) {
        total += reclaimed;
        if (output !== "") await io.out.write(output);
      }
      if (tellsSize) await io.out.write(`Total reclaimed space: ${formatDecimalSize(total, 4)}\n`);
      return 0;
    },
  };
}
