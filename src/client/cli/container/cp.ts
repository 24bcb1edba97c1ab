import { CommandFailure, switchFlag, type Command } from "../command/index.ts";
import { copyFromContainer } from "./copy-from.ts";
import { copyToContainer } from "./copy-to.ts";

export const cpCommand: Command = {
  usage: "[OPTIONS] CONTAINER:SRC_PATH DEST_PATH|-\n\twharf cp [OPTIONS] SRC_PATH|- CONTAINER:DEST_PATH",
  details: "Use '-' as the source to read a tar archive from standard input and extract it into a folder of the container.\nUse '-' as the destination to write a tar archive of a path of the container to standard output.",
  arity: { least: 2, most: 2 },
  flags: [
    switchFlag("archive", "Archive mode (copy all uid/gid information)", { short: "a" }),
    switchFlag("follow-link", "Always follow symbol link in SRC_PATH", { short: "L" }),
    switchFlag("quiet", "Suppress progress output during copy. It is automatically suppressed if no terminal is attached", { short: "q" }),
  ],
  async run(context, { flags, args }) {
    const [source = "", destination = ""] = args;
    if (source === "") throw new CommandFailure(1, "source can not be empty");
    if (destination === "") throw new CommandFailure(1, "destination can not be empty");
    const from = splitPlace(source);
    const to = splitPlace(destination);
    const request = {
      followsLink: flags.isOn("follow-link"),
      keepsOwners: flags.isOn("archive"),
      isQuiet: flags.isGiven("quiet") ? flags.isOn("quiet") : !context.io.out.isTerminal,
    };
    if (from.container !== "" && to.container !== "") throw new CommandFailure(1, "copying between containers is not supported");
    if (from.container !== "") await copyFromContainer(context, { ...request, container: from.container, remote: from.path, local: to.path });
    else if (to.container !== "") await copyToContainer(context, { ...request, container: to.container, remote: to.path, local: from.path });
    else throw new CommandFailure(1, "must specify at least one container source");
    return 0;
  },
};

/** "container:path", or a local path: one that is absolute or begins with a dot is local, whatever colons it has. */
function splitPlace(text: string): { readonly container: string; readonly path: string } {
  const colon = text.indexOf(":");
  if (colon < 0 || text.startsWith("/") || text.startsWith(".")) return { container: "", path: text };
  return { container: text.slice(0, colon), path: text.slice(colon + 1) };
}
