import { isEngineError } from "../../../base/index.ts";
import { listFlag, platformOf, switchFlag, type Command } from "../command/index.ts";
import { errorText } from "../output/index.ts";

export const removeCommand: Command = {
  usage: "[OPTIONS] IMAGE [IMAGE...]",
  arity: { least: 1 },
  flags: [
    switchFlag("force", "Force removal of the image", { short: "f" }),
    switchFlag("no-prune", "Do not delete untagged parents"),
    listFlag("platform", 'Remove only this platform\'s variant, as "os[/arch[/variant]]"', { type: "strings", needs: { api: 50 } }),
  ],
  async run({ engine, io }, { flags, args }) {
    const force = flags.isOn("force");
    const platforms = flags.list("platform").flatMap((text) => text.split(",")).flatMap((text) => platformOf(text) ?? []);
    const problems: string[] = [];
    let isFatal = false;
    for (const name of args) {
      try {
        const items = await engine.call("imageDelete", { path: { name }, query: { force, noprune: flags.isOn("no-prune"), platforms } });
        await io.out.write(items.map((item) => ("Untagged" in item ? `Untagged: ${item.Untagged}\n` : `Deleted: ${item.Deleted}\n`)).join(""));
      } catch (error) {
        problems.push(errorText(error));
        // With --force, an image that is not there is as good as removed.
        isFatal ||= !force || !isEngineError(error, "not-found");
      }
    }
    if (problems.length > 0) await io.err.write(`${problems.join("\n")}\n`);
    return isFatal ? 1 : 0;
  },
};
