import { compareTimestamps, EngineError } from "../../base/index.ts";
import type { Records, RecordTable } from "../store/index.ts";
import { Container } from "./container.ts";
import { decodeContainerRecord, type ContainerRecord } from "./record.ts";

/** Every container, in memory and on disk, found by id, name or the beginning of an id. */
export class ContainerRegistry {
  readonly #table: RecordTable<ContainerRecord>;
  readonly #containers = new Map<string, Container>();
  /** Ids by name, also of those that are being made. */
  readonly #names = new Map<string, string>();

  constructor(records: Records) {
    this.#table = records.table("containers", decodeContainerRecord);
    for (const record of this.#table.all().values()) {
      this.#containers.set(record.id, new Container(record));
      this.#names.set(record.name, record.id);
    }
  }

  /** Newest first. */
  all(): readonly Container[] {
    return [...this.#containers.values()].sort((a, b) => compareTimestamps(b.record.created, a.record.created));
  }

  get size(): number {
    return this.#containers.size;
  }

  get(id: string): Container | undefined {
    return this.#containers.get(id);
  }

  /** Whether a container of this id is just being made, or its name is kept for it. */
  isMaking(id: string): boolean {
    return !this.#containers.has(id) && [...this.#names.values()].includes(id);
  }

  isTaken(name: string): boolean {
    return this.#names.has(name);
  }

  /** @throws EngineError `conflict`, docker's text */
  reserveName(name: string, id: string): void {
    const owner = this.#names.get(name);
    if (owner !== undefined && owner !== id) {
      throw new EngineError("conflict", `Conflict. The container name "/${name}" is already in use by container "${owner}". You have to remove (or rename) that container to be able to reuse that name.`);
    }
    this.#names.set(name, id);
  }

  releaseName(name: string): void {
    this.#names.delete(name);
  }

  add(container: Container): void {
    this.#table.put(container.id, container.record);
    this.#containers.set(container.id, container);
  }

  /** Keeps what changed, on disk first. */
  save(container: Container, changes: Partial<ContainerRecord>): void {
    const record = { ...container.record, ...changes };
    this.#table.put(container.id, record);
    container.record = record;
  }

  /** Forgets the record: what is left of the container from here on is removed at the next start as nobody's. */
  forget(container: Container): void {
    this.#table.delete(container.id);
  }

  /** The name is free, and nobody finds the container any more. */
  drop(container: Container): void {
    this.#containers.delete(container.id);
    if (this.#names.get(container.record.name) === container.id) this.#names.delete(container.record.name);
  }

  /**
   * @param ref an id, a name with or without a slash, or the beginning of one id
   * @throws EngineError `not-found`; `invalid-argument` when several begin so
   */
  find(ref: string): Container {
    const exact = this.#containers.get(ref) ?? this.#containers.get(this.#names.get(ref.replace(/^\//, "")) ?? "");
    if (exact !== undefined) return exact;
    const matches = /^[0-9a-f]{1,64}$/.test(ref) ? [...this.#containers.values()].filter(({ id }) => id.startsWith(ref)) : [];
    const [first, second] = matches;
    if (first === undefined) throw new EngineError("not-found", `No such container: ${ref}`);
    if (second !== undefined) throw new EngineError("invalid-argument", `multiple IDs found with provided prefix: ${ref}`);
    return first;
  }
}
