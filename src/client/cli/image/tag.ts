import { parseImageReference } from "../../../base/index.ts";
import { CommandFailure, splitReference, type Command } from "../command/index.ts";

export const tagCommand: Command = {
  usage: "SOURCE_IMAGE[:TAG] TARGET_IMAGE[:TAG]",
  arity: { least: 2, most: 2 },
  flags: [],
  async run({ engine }, { args }) {
    const [source = "", target = ""] = args;
    checkTarget(target);
    const { repository, tag } = splitReference(target);
    await engine.call("imageTag", { path: { name: source }, query: { repo: repository, ...(tag === undefined ? {} : { tag }) } });
    return 0;
  },
};

function checkTarget(target: string): void {
  if (target.includes("@")) throw new CommandFailure(1, "refusing to create a tag with a digest reference");
  try {
    parseImageReference(target);
  } catch (cause) {
    const { repository } = splitReference(target);
    const isCase = cause instanceof Error && cause.message.includes("must be lowercase");
    const reason = isCase ? `: repository name (${repository.includes("/") ? "" : "library/"}${repository}) must be lowercase` : "";
    throw new CommandFailure(1, `Error parsing reference: ${JSON.stringify(target)} is not a valid repository/tag: invalid reference format${reason}`, { cause });
  }
}
