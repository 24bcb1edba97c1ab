import { listFlag, platformFlag, splitReference, textFlag, wantedPlatform, type Command, type CommandContext } from "../command/index.ts";
import { readInput, showProgress } from "../output/index.ts";

export const importCommand: Command = {
  usage: "[OPTIONS] file|URL|- [REPOSITORY[:TAG]]",
  arity: { least: 1 },
  flags: [
    listFlag("change", "Apply Dockerfile instruction to the created image", { short: "c" }),
    textFlag("message", "Set commit message for imported image", { short: "m" }),
    platformFlag(32),
  ],
  async run(context, { flags, args }) {
    const [source = "", reference = ""] = args;
    const { repository, tag } = splitReference(reference);
    const platform = wantedPlatform(flags, context.settings);
    const message = flags.text("message");
    const isUrl = /^https?:\/\//.test(source);
    const messages = await context.engine.lines("imageCreate", {
      query: {
        fromSrc: isUrl ? source : "-", changes: flags.list("change"),
        ...(message === "" ? {} : { message }),
        ...(reference === "" ? {} : { repo: repository, ...(tag === undefined ? {} : { tag }) }),
        ...(platform === undefined ? {} : { platform }),
      },
      ...(isUrl ? {} : { body: archive(context, source) }),
    });
    await showProgress(context.io.out, messages);
    return 0;
  },
};

function archive({ io }: CommandContext, source: string): AsyncIterable<Uint8Array> {
  return source === "-" ? io.input.chunks() : readInput(source);
}
