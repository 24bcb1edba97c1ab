import { resolve } from "node:path";
import { readTar, type TarEntry } from "../../../base/tar/index.ts";
import { bytePath, extractFiles, localTarget, saysItself, splitPath } from "../../local-files/index.ts";
import type { CommandContext } from "../command/index.ts";
import { planCopy } from "./copy-plan.ts";
import { ProgressMeter } from "./copy-progress.ts";
import { linkTargetOf, type CopyRequest } from "./copy-to.ts";
import { readPathStat, statInContainer } from "./path-stat.ts";

/** Copies a file or folder of a container to here, or its archive to standard output. */
export async function copyFromContainer({ engine, io }: CommandContext, request: CopyRequest): Promise<void> {
  const { container: id, local, keepsOwners, isQuiet } = request;
  const target = local === "-" ? undefined : localTarget(local);
  const { path, name } = await findSource(engine, request);
  const { output, headers } = await engine.bytes("containerArchive", { path: { id }, query: { path } });
  if (target === undefined) {
    for await (const bytes of output) await io.out.write(bytes);
    return;
  }
  const plan = planCopy({ isFolder: readPathStat(headers).isFolder, name }, target);
  const extract = async (bytes: AsyncIterable<Uint8Array>): Promise<void> => {
    const entries: AsyncIterable<TarEntry> = readTar(bytes);
    await extractFiles(entries, { folder: resolve(plan.folder), keepsOwners, nameOf: (entry) => renamed(withoutTop(entry, name), bytePath(plan.name)) });
  };
  if (isQuiet) {
    await extract(output);
    return;
  }
  const meter = new ProgressMeter(io.err, { what: "Copying from container", target: target.path });
  await extract(meter.count(output));
  await meter.finish();
}

/** With `--follow-link` a link's target is copied, under the link's name. */
async function findSource(engine: CommandContext["engine"], { container, remote, followsLink }: CopyRequest): Promise<{ readonly path: string; readonly name: string }> {
  const name = saysItself(remote) ? "." : splitPath(remote).name;
  const found = followsLink ? await statInContainer(engine, container, remote) : undefined;
  return { name, path: found?.isLink === true ? linkTargetOf(remote, found) : remote };
}

/** Everything in the archive of a path begins with that path's last name, but for the root's. */
function withoutTop(entry: string, name: string): string {
  if (name === "/") return entry.replace(/^\/+/, "");
  const slash = entry.indexOf("/");
  return slash < 0 ? "" : entry.slice(slash + 1);
}

/** The planned name takes the top's place; the folder itself, where what is in it is meant, has none. */
function renamed(rest: string, name: string): string | undefined {
  if (name === "." || name === "/") return rest === "" ? undefined : rest;
  return rest === "" ? name : `${name}/${rest}`;
}
