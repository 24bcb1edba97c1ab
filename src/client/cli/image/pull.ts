import { familiarReference, parseImageReference } from "../../../base/index.ts";
import { CommandFailure, platformFlag, splitReference, switchFlag, wantedPlatform, type Command } from "../command/index.ts";
import { showProgress } from "../output/index.ts";

export const pullCommand: Command = {
  usage: "[OPTIONS] NAME[:TAG|@DIGEST]",
  arity: { least: 1, most: 1 },
  flags: [
    switchFlag("all-tags", "Download all tagged images in the repository", { short: "a" }),
    switchFlag("disable-content-trust", "Skip image verification", { isOn: true, isHidden: true }),
    platformFlag(32),
    switchFlag("quiet", "Suppress verbose output", { short: "q" }),
  ],
  async run({ engine, io, settings }, { flags, args }) {
    const [name = ""] = args;
    const { repository, tag } = splitReference(name);
    const isQuiet = flags.isOn("quiet");
    const wantsAll = flags.isOn("all-tags");
    if (wantsAll && tag !== undefined) throw new CommandFailure(1, "tag can't be used with --all-tags/-a");
    const reference = referenceOf(name);
    if (tag === undefined && !wantsAll && !isQuiet) await io.out.write("Using default tag: latest\n");
    const platform = wantedPlatform(flags, settings);
    const messages = await engine.lines("imageCreate", {
      query: { fromImage: repository, ...(wantsAll ? {} : { tag: tag ?? "latest" }), ...(platform === undefined ? {} : { platform }) },
    });
    await showProgress(io.out, messages, { isQuiet });
    await io.out.write(`${reference}\n`);
    return 0;
  },
};

/** The whole name, registry and all, which docker prints at the end. */
function referenceOf(name: string): string {
  try {
    const reference = parseImageReference(name);
    const full = familiarReference({ ...reference, ...(reference.tag === undefined && reference.digest === undefined ? { tag: "latest" } : {}) });
    const short = reference.domain === "docker.io" ? `docker.io/${reference.path.startsWith("library/") ? "library/" : ""}` : "";
    return `${short}${full}`;
  } catch (cause) {
    throw new CommandFailure(1, "invalid reference format", { cause });
  }
}
