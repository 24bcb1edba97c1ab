import type { ImageDeleteItem } from "../../api/types/index.ts";
import { digestHex, EngineError, familiarReference, parseImageReference, type Digest, type ImageReference } from "../../base/index.ts";
import type { CatalogEntry, ImageCatalog } from "./catalog.ts";
import { blobsOf, type ImageContent } from "./content.ts";
import { canonicalName, type ImageSurroundings, type ImageUser } from "./contract.ts";

export interface RemoveParts {
  readonly catalog: ImageCatalog;
  readonly content: ImageContent;
  readonly surroundings: ImageSurroundings;
}

interface RemovalPlan {
  readonly entry: CatalogEntry;
  /** Names that go. */
  readonly names: readonly ImageReference[];
  /** Whether the image goes as well. */
  readonly isWhole: boolean;
}

/**
 * Removes a name, and with its last name the image; an id removes the image with all its names. What a container stands
 * on stays on disk until that container is gone.
 * @throws EngineError `conflict` with docker's text
 */
export async function removeImage(text: string, force: boolean, parts: RemoveParts): Promise<ImageDeleteItem[]> {
  const plan = planRemoval(text, force, parts);
  const { catalog, surroundings, content } = parts;
  const { entry, names, isWhole } = plan;
  const attributes = { ...entry.config.Labels, name: entry.id };
  for (const name of names) catalog.removeName(canonicalName(name));
  if (isWhole) catalog.remove(entry.id);
  catalog.flush();
  for (let i = 0; i < names.length; i++) surroundings.emit("untag", entry.id, attributes);
  const untagged = names.map((name) => ({ Untagged: familiarReference(name) }));
  if (!isWhole) return untagged;
  const layers = await content.collectLayers();
  await content.collectBlobs(blobsOf(entry.record));
  surroundings.emit("delete", entry.id, attributes);
  return [...untagged, ...[entry.id, ...layers.filter((chain) => entry.chains.includes(chain))].map((digest) => ({ Deleted: digest }))];
}

function planRemoval(text: string, force: boolean, { catalog, surroundings }: RemoveParts): RemovalPlan {
  const entry = catalog.find(text);
  const names = catalog.namesOf(entry.id).map(parseImageReference);
  const users = surroundings.usersOf(entry.id);
  if (isIdOf(text, entry.id)) {
    checkWhole(entry, { users, force, isAmbiguous: !isOneName(names) });
    return { entry, names, isWhole: true };
  }
  const name = namedBy(text, names);
  const user = users[0];
  if (!force && user !== undefined && isOneName(names)) {
    throw new EngineError(
      "conflict",
      `conflict: unable to remove repository reference "${text}" (must force) - container ${shortId(user.containerId)} is using its referenced image ${shortId(digestHex(entry.id))}`,
    );
  }
  const going = withDigests(name, names);
  const isLast = going.length === names.length;
  // The name was what was asked for: where a container keeps the image it only becomes nameless.
  return { entry, names: going, isWhole: isLast && users.every(({ running }) => !running) };
}

/** A name's digests of the same repository go with its last tag. */
function withDigests(name: ImageReference, names: readonly ImageReference[]): readonly ImageReference[] {
  const others = names.filter((other) => other !== name && isSameRepository(other, name));
  const isLastTag = name.digest === undefined && others.every(({ digest }) => digest !== undefined);
  return isLastTag ? [name, ...others] : [name];
}

function namedBy(text: string, names: readonly ImageReference[]): ImageReference {
  const wanted = canonicalName(parseImageReference(text));
  const name = names.find((candidate) => canonicalName(candidate) === wanted);
  if (name === undefined) throw new EngineError("not-found", `No such image: ${text}`);
  return name;
}

function isIdOf(text: string, id: Digest): boolean {
  return id === text || id.startsWith(`${text.startsWith("sha256:") ? "" : "sha256:"}${text}`);
}

/** At most one tag, and all names of one repository. */
function isOneName(names: readonly ImageReference[]): boolean {
  const [first] = names;
  return names.filter(({ digest }) => digest === undefined).length <= 1 && names.every((name) => first === undefined || isSameRepository(name, first));
}

function isSameRepository(a: ImageReference, b: ImageReference): boolean {
  return a.domain === b.domain && a.path === b.path;
}

interface Whole {
  readonly users: readonly ImageUser[];
  readonly force: boolean;
  readonly isAmbiguous: boolean;
}

function checkWhole({ id }: CatalogEntry, { users, force, isAmbiguous }: Whole): void {
  const running = users.find((user) => user.running);
  const refuse = (how: string, why: string): EngineError =>
    new EngineError("conflict", `conflict: unable to delete ${shortId(digestHex(id))} (${how}) - ${why}`);
  if (running !== undefined) throw refuse("cannot be forced", `image is being used by running container ${shortId(running.containerId)}`);
  if (force) return;
  if (isAmbiguous) throw refuse("must be forced", "image is referenced in multiple repositories");
  const stopped = users[0];
  if (stopped !== undefined) throw refuse("must be forced", `image is being used by stopped container ${shortId(stopped.containerId)}`);
}

function shortId(id: string): string {
  return id.slice(0, 12);
}
