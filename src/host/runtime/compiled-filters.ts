import { readFileSync } from "node:fs";
import { join } from "node:path";

/** A filter is an array of instructions of this many bytes (`struct sock_filter` of linux/filter.h). */
const instructionSize = 8;
/** Containers of one engine have few different profiles; a set that does not fit is started anew. */
const most = 32;
const annotation = "run.oci.seccomp_bpf_data";

/**
 * The seccomp filters that crun has compiled. Compiling docker's profile takes crun 8 to 10 ms, a third of a start, and
 * gives the same for the same profile: what it left in the state of one container is handed to it for the next by the
 * annotation `run.oci.seccomp_bpf_data` (crun(1)). The profile stays in the configuration, for a crun that does not know
 * the annotation.
 */
export class CompiledFilters {
  readonly #root: string;
  readonly #filters = new Map<string, string>();

  /** @param root folder of the states of crun's containers */
  constructor(root: string) {
    this.#root = root;
  }

  /** Annotations for the configuration of a container with that profile (runtime-spec, config-linux.md, "seccomp"). */
  annotations(profile: object | undefined): Readonly<Record<string, string>> {
    if (profile === undefined) return {};
    const filter = this.#filters.get(JSON.stringify(profile));
    return filter === undefined ? {} : { [annotation]: filter };
  }

  /** Takes the filter from a container that crun has created with that profile. */
  learn(container: string, profile: object | undefined): void {
    if (profile === undefined) return;
    const key = JSON.stringify(profile);
    if (this.#filters.has(key)) return;
    const filter = readFilter(join(this.#root, container, "seccomp.bpf"));
    if (filter === undefined) return;
    if (this.#filters.size === most) this.#filters.clear();
    this.#filters.set(key, filter.toString("base64"));
  }
}

/** @returns undefined where there is none: another crun may keep it elsewhere, and then compiles each time */
function readFilter(path: string): Buffer | undefined {
  try {
    const filter = readFileSync(path);
    return filter.length > 0 && filter.length % instructionSize === 0 ? filter : undefined;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}
