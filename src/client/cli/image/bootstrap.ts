import { bootstrapSource } from "../../bootstrap/index.ts";
import { listFlag, splitReference, switchFlag, textFlag, type Command } from "../command/index.ts";
import { showProgress } from "../output/index.ts";

export const bootstrapCommand: Command = {
  usage: "[OPTIONS] debian:SUITE|busybox",
  arity: { least: 1, most: 1 },
  details: "Makes a base image from Debian's signed packages, where no registry can be reached.\ndebian:SUITE is made with mmdebstrap, busybox from the package busybox-static.",
  flags: [
    listFlag("include", "Install these packages as well"),
    textFlag("mirror", "Address of the Debian archive to take packages from"),
    switchFlag("quiet", "Print only the image's id", { short: "q" }),
    textFlag("tag", "Name of the image, instead of the one it was asked for by", { short: "t" }),
  ],
  async run({ engine, io }, { flags, args }) {
    const isQuiet = flags.isOn("quiet");
    const mirror = flags.text("mirror");
    const source = bootstrapSource(args[0] ?? "", {
      include: flags.list("include").flatMap((names) => names.split(",")),
      ...(mirror === "" ? {} : { mirror }),
      progress: async (line) => { if (!isQuiet) await io.err.write(`${line}\n`); },
    });
    const tag = flags.text("tag");
    const reference = splitReference(tag === "" ? source.reference : tag);
    if (!isQuiet) await io.err.write(`making ${tag === "" ? source.reference : tag}: ${source.message}\n`);
    const messages = await engine.lines("imageCreate", {
      query: { fromSrc: "-", repo: reference.repository, changes: source.changes, message: source.message, ...(reference.tag === undefined ? {} : { tag: reference.tag }) },
      body: source.archive(),
    });
    await showProgress(io.out, messages);
    return 0;
  },
};
