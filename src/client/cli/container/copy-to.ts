import { archiveFiles, bytePath, localSource, saysFolder, splitPath } from "../../local-files/index.ts";
import { CommandFailure, type CommandContext } from "../command/index.ts";
import { planCopy, type CopyTarget } from "./copy-plan.ts";
import { ProgressMeter } from "./copy-progress.ts";
import { statInContainer, type PathInContainer } from "./path-stat.ts";

export interface CopyRequest {
  readonly container: string;
  /** In the container. */
  readonly remote: string;
  /** On this machine; "-" is an archive on standard input or output. */
  readonly local: string;
  readonly followsLink: boolean;
  readonly keepsOwners: boolean;
  readonly isQuiet: boolean;
}

/** Copies a local file, folder or archive into a container. */
export async function copyToContainer({ engine, io }: CommandContext, request: CopyRequest): Promise<void> {
  const { container: id, local, keepsOwners, isQuiet } = request;
  const target = await findTarget(engine, request);
  const send = async (folder: string, body: AsyncIterable<Uint8Array>): Promise<void> => {
    await engine.call("putContainerArchive", { path: { id }, query: { path: folder, noOverwriteDirNonDir: true, copyUIDGID: keepsOwners }, body });
  };
  if (local === "-") {
    if (!target.isFolder) throw new CommandFailure(1, `destination ${JSON.stringify(`${id}:${request.remote}`)} must be a directory`);
    await send(target.path, io.input.chunks());
    return;
  }
  const source = localSource(local, request);
  const { folder, name } = planCopy(source, target);
  const archive = archiveFiles(bytePath(source.path), bytePath(name));
  if (isQuiet) {
    await send(folder, archive);
    return;
  }
  const meter = new ProgressMeter(io.err, { what: "Copying to container", target: `${id}:${target.path}` });
  await send(folder, meter.count(archive));
  await meter.finish();
}

/** A link is taken to what it leads to, as far as that goes: there may be nothing yet. */
async function findTarget(engine: CommandContext["engine"], { container, remote }: CopyRequest): Promise<CopyTarget> {
  let path = remote;
  let found = await statInContainer(engine, container, remote);
  if (found?.isLink === true) {
    path = linkTargetOf(remote, found);
    found = await statInContainer(engine, container, path);
  }
  if (found?.isDevice === true || found?.isIrregular === true) {
    const what = found.isDevice ? "a device" : "an irregular file";
    throw new CommandFailure(1, `destination ${JSON.stringify(`${container}:${remote}`)} must be a directory or a regular file: got ${what}`);
  }
  return { path, exists: found !== undefined, isFolder: found?.isFolder === true };
}

export function linkTargetOf(path: string, { linkTarget }: PathInContainer): string {
  if (linkTarget.startsWith("/")) return linkTarget;
  const { folder } = splitPath(path);
  return `${folder === "/" ? "" : folder}/${linkTarget}${saysFolder(path) ? "/" : ""}`;
}
