import { chmodSync, existsSync, mkdirSync, readdirSync, renameSync } from "node:fs";
import { join } from "node:path";
import { byteNameOf, openFolder, openTree, readNames, removeTree, treeSize } from "../../host/files/index.ts";

const contentName = "_data";

/** The volumes' folders below the data root: `volumes/<name>/_data`, as docker has them. */
export class VolumeFolders {
  readonly #volumes: string;
  readonly #aside: string;
  #number = 0;

  constructor(dataRoot: string) {
    this.#volumes = join(dataRoot, "volumes");
    this.#aside = join(dataRoot, "tmp");
    mkdirSync(this.#volumes, { recursive: true, mode: 0o701 });
    mkdirSync(this.#aside, { recursive: true, mode: 0o700 });
  }

  /** Where the volume's content is. */
  contentOf(name: string): string {
    return join(this.#volumes, name, contentName);
  }

  has(name: string): boolean {
    return existsSync(this.contentOf(name));
  }

  /** The names of the folders that are there, also of those that no record speaks of. */
  names(): readonly string[] {
    return readdirSync(this.#volumes, { withFileTypes: true }).filter((entry) => entry.isDirectory()).map(({ name }) => name);
  }

  make(name: string): void {
    const folder = join(this.#volumes, name);
    mkdirSync(folder, { recursive: true, mode: 0o701 });
    mkdirSync(join(folder, contentName), { recursive: true, mode: 0o755 });
  }

  isEmpty(name: string): boolean {
    if (!this.has(name)) return true;
    using content = openTree(this.contentOf(name));
    return readNames(content).length === 0;
  }

  /** Bytes that its files take. */
  async size(name: string): Promise<number> {
    using content = openTree(this.contentOf(name));
    return await treeSize(content);
  }

  /** A folder for content that becomes a volume when it is whole. */
  makeAside(): string {
    const aside = this.#nextAside();
    mkdirSync(join(aside, contentName), { recursive: true, mode: 0o755 });
    return aside;
  }

  /** Where the content of a folder aside is. */
  contentAside(aside: string): string {
    return join(aside, contentName);
  }

  /** What was made aside is a volume's from now on. */
  bringIn(aside: string, name: string): void {
    chmodSync(aside, 0o701);
    renameSync(aside, join(this.#volumes, name));
  }

  rename(name: string, newName: string): void {
    renameSync(join(this.#volumes, name), join(this.#volumes, newName));
  }

  /** Takes the folder out of sight at once; the rest is `discard`'s, or the next start's, which empties the place. */
  putAside(name: string): string {
    const aside = this.#nextAside();
    if (existsSync(join(this.#volumes, name))) renameSync(join(this.#volumes, name), aside);
    return aside;
  }

  #nextAside(): string {
    this.#number += 1;
    return join(this.#aside, `volume-${process.pid}-${this.#number}`);
  }

  /** Removes what was put aside, by handle: whoever still has a folder of it open cannot lead the removal elsewhere. */
  discard(aside: string): void {
    using parent = openTree(this.#aside);
    using folder = openFolder(parent, byteNameOf("."));
    removeTree(folder, byteNameOf(aside.slice(this.#aside.length + 1)));
  }
}
