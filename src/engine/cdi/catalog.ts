import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { EngineError } from "../../base/index.ts";
import { parseCdiSpec, type CdiDevice, type CdiSpec, type ContainerEdits } from "./spec-file.ts";

/** Where a host keeps them; what is in a later folder counts for a device that is in both. */
export const defaultCdiFolders: readonly string[] = ["/etc/cdi", "/var/run/cdi"];

/** The devices of the host that files describe. They are read anew for each start, since drivers come and go. */
export class CdiCatalog {
  readonly #devices = new Map<string, { readonly spec: CdiSpec; readonly device: CdiDevice }>();
  /** Of the files that cannot be read. */
  readonly #faults: string[] = [];

  constructor(folders: readonly string[]) {
    for (const folder of folders) for (const name of namesIn(folder)) this.#read(join(folder, name));
  }

  #read(path: string): void {
    if (!/\.(json|ya?ml)$/.test(path)) return;
    try {
      const spec = parseCdiSpec(readFileSync(path, "utf8"));
      for (const device of spec.devices) this.#devices.set(`${spec.kind}=${device.name}`, { spec, device });
    } catch (error) {
      this.#faults.push(`${path}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  /** Whether there is any device of a kind. */
  has(kind: string): boolean {
    return [...this.#devices.keys()].some((name) => name.startsWith(`${kind}=`));
  }

  /**
   * What the devices change in a container: what all of a file share once, then each device's own.
   * @param names "vendor.com/class=name"
   * @throws EngineError `invalid-argument`, docker's text, for those that there are not
   */
  edits(names: readonly string[]): readonly ContainerEdits[] {
    const missing = names.filter((name) => !this.#devices.has(name));
    if (missing.length > 0) {
      const hint = this.#faults.length > 0 ? { hint: `files that cannot be read: ${this.#faults.join("; ")}` } : {};
      throw new EngineError("invalid-argument", `CDI device injection failed: unresolvable CDI devices ${missing.join(", ")}`, hint);
    }
    const found = names.map((name) => this.#devices.get(name)).filter((entry) => entry !== undefined);
    const shared = new Set(found.map(({ spec }) => spec.containerEdits));
    return [...shared, ...found.map(({ device }) => device.containerEdits)];
  }
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder).sort();
  } catch (error) {
    if (error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ENOTDIR")) return [];
    throw error;
  }
}
