import type { Command } from "./command/index.ts";
import { containerCommands } from "./container/index.ts";
import { contextCommands } from "./context/index.ts";
import { imageCommands } from "./image/index.ts";
import { networkCommands } from "./network/index.ts";
import { systemCommands } from "./system/index.ts";
import { volumeCommands } from "./volume/index.ts";

/** A command under all its names; the first is the long one, by which groups list it. */
export interface TreeEntry {
  readonly paths: readonly string[];
  readonly summary: string;
  /** Which part of the help text shows it. */
  readonly group?: "common" | "other";
  /** Known, and left out of help texts and completion. */
  readonly isHidden?: boolean;
  /** Absent: the top file runs it, with the engine and not with a client. */
  readonly load?: () => Promise<Command>;
}

export interface Group {
  readonly name: string;
  readonly summary: string;
}

export const groups: readonly Group[] = [
  { name: "container", summary: "Manage containers" },
  { name: "context", summary: "Manage contexts" },
  { name: "image", summary: "Manage images" },
  { name: "network", summary: "Manage networks" },
  { name: "system", summary: "Manage the engine" },
  { name: "volume", summary: "Manage volumes" },
];

/** Every command; none is loaded before it is called. */
export const commands: readonly TreeEntry[] = [
  { paths: ["container run", "run"], group: "common", summary: "Create and run a new container from an image", load: containerCommands.run },
  { paths: ["container exec", "exec"], group: "common", summary: "Execute a command in a running container", load: containerCommands.exec },
  { paths: ["container ls", "container list", "container ps", "ps"], group: "common", summary: "List containers", load: containerCommands.list },
  { paths: ["image pull", "pull"], group: "common", summary: "Download an image from a registry", load: imageCommands.pull },
  { paths: ["image ls", "image list", "images"], group: "common", summary: "List images", load: imageCommands.list },
  { paths: ["version"], group: "common", summary: "Show the version of the client and the engine", load: systemCommands.version },
  { paths: ["system info", "info"], group: "common", summary: "Display information about the engine", load: systemCommands.info },
  { paths: ["container attach", "attach"], summary: "Attach local standard input, output, and error streams to a running container", load: containerCommands.attach },
  { paths: ["container commit", "commit"], summary: "Create a new image from a container's changes", load: containerCommands.commit },
  { paths: ["container cp", "cp"], summary: "Copy files/folders between a container and the local filesystem", load: containerCommands.cp },
  { paths: ["container create", "create"], summary: "Create a new container", load: containerCommands.create },
  { paths: ["container diff", "diff"], summary: "Show what changed in a container's filesystem", load: containerCommands.diff },
  { paths: ["system events", "events"], summary: "Show events of the engine as they happen", load: systemCommands.events },
  { paths: ["container export", "export"], summary: "Export a container's filesystem as a tar archive", load: containerCommands.export },
  { paths: ["image history", "history"], summary: "Show the history of an image", load: imageCommands.history },
  { paths: ["image import", "import"], summary: "Make an image from the tar archive of a filesystem", load: imageCommands.import },
  { paths: ["inspect"], summary: "Return low-level information on containers, images, volumes and networks", load: systemCommands.inspect },
  { paths: ["container inspect"], summary: "Display detailed information on one or more containers", load: containerCommands.inspect },
  { paths: ["container kill", "kill"], summary: "Kill one or more running containers", load: containerCommands.kill },
  { paths: ["image load", "load"], summary: "Load an image from a tar archive or STDIN", load: imageCommands.load },
  { paths: ["container logs", "logs"], summary: "Fetch the logs of a container", load: containerCommands.logs },
  { paths: ["container pause", "pause"], summary: "Pause all processes within one or more containers", load: containerCommands.pause },
  { paths: ["container port", "port"], summary: "List port mappings or a specific mapping for the container", load: containerCommands.port },
  { paths: ["container prune"], summary: "Remove all stopped containers", load: containerCommands.prune },
  { paths: ["container rename", "rename"], summary: "Rename a container", load: containerCommands.rename },
  { paths: ["container restart", "restart"], summary: "Restart one or more containers", load: containerCommands.restart },
  { paths: ["container rm", "container remove", "rm"], summary: "Remove one or more containers", load: containerCommands.remove },
  { paths: ["image rm", "image remove", "rmi"], summary: "Remove one or more images", load: imageCommands.remove },
  { paths: ["image save", "save"], summary: "Save one or more images to a tar archive (streamed to STDOUT by default)", load: imageCommands.save },
  { paths: ["container start", "start"], summary: "Start one or more stopped containers", load: containerCommands.start },
  { paths: ["container stats", "stats"], summary: "Show what containers use of the machine", load: containerCommands.stats },
  { paths: ["container stop", "stop"], summary: "Stop one or more running containers", load: containerCommands.stop },
  { paths: ["image tag", "tag"], summary: "Create a tag TARGET_IMAGE that refers to SOURCE_IMAGE", load: imageCommands.tag },
  { paths: ["container top", "top"], summary: "Display the running processes of a container", load: containerCommands.top },
  { paths: ["container unpause", "unpause"], summary: "Unpause all processes within one or more containers", load: containerCommands.unpause },
  { paths: ["container update", "update"], summary: "Change the limits of one or more containers", load: containerCommands.update },
  { paths: ["container wait", "wait"], summary: "Block until one or more containers stop, then print their exit codes", load: containerCommands.wait },
  { paths: ["image inspect"], summary: "Display detailed information on one or more images", load: imageCommands.inspect },
  { paths: ["image prune"], summary: "Remove unused images", load: imageCommands.prune },
  { paths: ["network connect"], summary: "Connect a container to a network", load: networkCommands.connect },
  { paths: ["context create"], summary: "Create a context", load: contextCommands.create },
  { paths: ["context export"], summary: "Export a context to a tar archive FILE or a tar stream on STDOUT.", load: contextCommands.export },
  { paths: ["context import"], summary: "Import a context from a tar or zip file", load: contextCommands.import },
  { paths: ["context inspect"], summary: "Display detailed information on one or more contexts", load: contextCommands.inspect },
  { paths: ["context ls", "context list"], summary: "List contexts", load: contextCommands.list },
  { paths: ["context rm", "context remove"], summary: "Remove one or more contexts", load: contextCommands.remove },
  { paths: ["context show"], summary: "Print the name of the current context", load: contextCommands.show },
  { paths: ["context update"], summary: "Update a context", load: contextCommands.update },
  { paths: ["context use"], summary: "Set the current context", load: contextCommands.use },
  { paths: ["network create"], summary: "Create a network", load: networkCommands.create },
  { paths: ["network disconnect"], summary: "Disconnect a container from a network", load: networkCommands.disconnect },
  { paths: ["network inspect"], summary: "Display detailed information on one or more networks", load: networkCommands.inspect },
  { paths: ["network ls", "network list"], summary: "List networks", load: networkCommands.list },
  { paths: ["network prune"], summary: "Remove all unused networks", load: networkCommands.prune },
  { paths: ["network rm", "network remove"], summary: "Remove one or more networks", load: networkCommands.remove },
  { paths: ["system dial-stdio"], summary: "Proxy the stdio stream to the engine, for clients that come by ssh", isHidden: true, load: systemCommands.dialStdio },
  { paths: ["system check"], summary: "Compare records, disk and kernel, and list what has no owner", load: systemCommands.check },
  { paths: ["system df"], summary: "Show how much of the disk is used", load: systemCommands.diskUsage },
  { paths: ["system prune"], summary: "Remove unused data", load: systemCommands.prune },
  { paths: ["volume clone"], summary: "Make a new volume with the content of another", load: volumeCommands.clone },
  { paths: ["volume create"], summary: "Create a volume", load: volumeCommands.create },
  { paths: ["volume export"], summary: "Write a volume's content as a tar archive", load: volumeCommands.export },
  { paths: ["volume import"], summary: "Extract a tar archive into a volume, which is made where it is missing", load: volumeCommands.import },
  { paths: ["volume inspect"], summary: "Display detailed information on one or more volumes", load: volumeCommands.inspect },
  { paths: ["volume ls", "volume list"], summary: "List volumes", load: volumeCommands.list },
  { paths: ["volume prune"], summary: "Remove unused local volumes", load: volumeCommands.prune },
  { paths: ["volume rename"], summary: "Rename a volume that no container has", load: volumeCommands.rename },
  { paths: ["volume rm", "volume remove"], summary: "Remove one or more volumes", load: volumeCommands.remove },
  { paths: ["volume snapshot"], summary: "Make a dated copy of a volume, named after it", load: volumeCommands.snapshot },
  { paths: ["volume update"], summary: "Update a volume (cluster volumes only)", load: volumeCommands.update },
  { paths: ["daemon"], summary: "Run the engine" },
  { paths: ["bootstrap"], summary: "Make a base image from Debian's own packages", load: imageCommands.bootstrap },
  { paths: ["completion"], summary: "Print the completion script of a shell", load: systemCommands.completion },
];

/** Whether a line that begins with this word is for a command of ours, and for no plugin. */
export function isBuiltIn(word: string): boolean {
  return groups.some(({ name }) => name === word) || commands.some(({ paths }) => paths.some((path) => path.split(" ", 1)[0] === word));
}
