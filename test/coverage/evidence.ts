/** Where something is exercised: a test file, and for a differential script its name. */
export interface Evidence {
  /** Relative to the root of the sources. */
  readonly file: string;
  readonly script?: string;
}

/** Names of one kind (flags, operations, fields) with everything that exercises them. */
export class EvidenceMap {
  readonly #found = new Map<string, Evidence[]>();

  add(name: string, evidence: Evidence): void {
    const known = this.#found.get(name) ?? [];
    if (!known.some(({ file, script }) => file === evidence.file && script === evidence.script)) known.push(evidence);
    this.#found.set(name, known);
  }

  /** The most telling first: compared with docker, then on a real engine, then what is sent. */
  of(name: string): readonly Evidence[] {
    return [...this.#found.get(name) ?? []].sort((a, b) => rank(a) - rank(b) || (show(a) < show(b) ? -1 : 1));
  }
}

function rank({ file }: Evidence): number {
  return ["test/differential/", "test/integration/", "test/interop/", "test/", ""].findIndex((folder) => file.startsWith(folder));
}

/** As the table shows it. */
export function show({ file, script }: Evidence): string {
  return script === undefined ? file : `${file}: ${script}`;
}
