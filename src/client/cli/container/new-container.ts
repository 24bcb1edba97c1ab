import { openSync, closeSync, rmSync, statSync, writeSync } from "node:fs";
import type { ContainerCreateBody } from "../../../api/types/index.ts";
import type { Given } from "../../../api/operations/index.ts";
import { EngineError, familiarReference, isEngineError, parseImageReference } from "../../../base/index.ts";
import { isEngineAnswer } from "../../sdk/index.ts";
import { copyCredentials } from "./api-socket.ts";
import { wantedPlatform, splitReference, type CommandContext, type FlagValues } from "../command/index.ts";
import { showProgress } from "../output/index.ts";
import { checkImageName } from "./image-name.ts";

export interface NewContainer {
  readonly id: string;
  readonly warnings: readonly string[];
}

/** Creates a container, getting its image where it is missing and may be got; writes the id to `--cidfile`. */
export async function newContainer(context: CommandContext, flags: FlagValues, body: Given<ContainerCreateBody>): Promise<NewContainer> {
  const image = body.Image ?? "";
  checkImageName(image);
  using file = reserveIdFile(flags.text("cidfile"));
  const pull = flags.text("pull");
  if (pull === "always") await pullImage(context, image, flags);
  const reply = await create(context, flags, body).catch(async (error: unknown) => {
    if (!isEngineAnswer(error) || !isEngineError(error, "not-found") || !isAboutImage(error, image) || pull !== "missing") throw error;
    if (!flags.isOn("quiet")) await context.io.err.write(`Unable to find image '${withTag(image)}' locally\n`);
    await pullImage(context, image, flags);
    return await create(context, flags, body);
  });
  for (const warning of reply.Warnings) await context.io.err.write(`WARNING: ${warning}\n`);
  file?.write(reply.Id);
  await copyCredentials(context, flags, reply.Id);
  return { id: reply.Id, warnings: reply.Warnings };
}

async function create(context: CommandContext, flags: FlagValues, body: Given<ContainerCreateBody>): Promise<{ readonly Id: string; readonly Warnings: readonly string[] }> {
  const name = flags.text("name");
  const platform = wantedPlatform(flags, context.settings);
  const { Id, Warnings } = await context.engine.call("containerCreate", {
    query: { ...(name === "" ? {} : { name }), ...(platform === undefined ? {} : { platform }) },
    body,
  });
  // Older engines send null for an empty list.
  return { Id, Warnings: Array.from((Warnings as readonly string[] | null) ?? []) };
}

function isAboutImage(error: EngineError, image: string): boolean {
  return error.message.startsWith("No such image") || error.message.includes(image);
}

function withTag(image: string): string {
  const reference = parseImageReference(image);
  const hasOne = reference.tag !== undefined || reference.digest !== undefined;
  return familiarReference(hasOne ? reference : { ...reference, tag: "latest" });
}

async function pullImage(context: CommandContext, image: string, flags: FlagValues): Promise<void> {
  const { repository, tag = "latest" } = splitReference(image);
  const platform = wantedPlatform(flags, context.settings);
  const lines = await context.engine.lines("imageCreate", { query: { fromImage: repository, tag, ...(platform === undefined ? {} : { platform }) } });
  await showProgress(context.io.err, lines, { isQuiet: flags.isOn("quiet") });
}

interface IdFile extends Disposable {
  write(id: string): void;
}

/** The file is made before the container, so that no container is without its id; it goes again when none comes. */
function reserveIdFile(path: string): IdFile | undefined {
  if (path === "") return undefined;
  if (statSync(path, { throwIfNoEntry: false }) !== undefined) {
    throw new EngineError("conflict", `container ID file found, make sure the other container isn't running or delete ${path}`);
  }
  let descriptor: number;
  try {
    descriptor = openSync(path, "wx");
  } catch (cause) {
    throw new EngineError("invalid-argument", `failed to create the container ID file: ${String(cause)}`, { cause });
  }
  let isWritten = false;
  return {
    write: (id) => {
      writeSync(descriptor, id);
      isWritten = true;
    },
    [Symbol.dispose]: () => {
      closeSync(descriptor);
      if (!isWritten) rmSync(path, { force: true });
    },
  };
}
