import { CommandFailure, listFlag, splitReference, switchFlag, textFlag, type Command } from "../command/index.ts";
import { checkImageName } from "./image-name.ts";

export const commitCommand: Command = {
  usage: "[OPTIONS] CONTAINER [REPOSITORY[:TAG]]",
  arity: { least: 1, most: 2 },
  flags: [
    textFlag("author", 'Author, such as "Ann <ann@example.org>"', { short: "a" }),
    listFlag("change", "Apply Dockerfile instruction to the created image", { short: "c" }),
    textFlag("message", "Commit message", { short: "m" }),
    switchFlag("pause", "Pause container during commit", { short: "p", isOn: true }),
    switchFlag("no-pause", "Do not pause the container during commit"),
  ],
  async run({ engine, io }, { flags, args }) {
    const [container = "", reference = ""] = args;
    if (reference !== "") checkImageName(reference);
    if (reference.includes("@")) throw new CommandFailure(1, "refusing to create a tag with a digest reference");
    const { repository, tag } = splitReference(reference);
    const { Id } = await engine.call("imageCommit", {
      query: {
        container, comment: flags.text("message"), author: flags.text("author"), changes: flags.list("change"),
        pause: flags.isOn("pause") && !flags.isOn("no-pause"),
        ...(reference === "" ? {} : { repo: repository, ...(tag === undefined ? {} : { tag }) }),
      },
    });
    await io.out.write(`${Id}\n`);
    return 0;
  },
};
