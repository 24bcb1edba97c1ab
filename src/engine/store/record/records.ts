import { Database } from "bun:sqlite";
import { rmSync, statSync, writeFileSync } from "node:fs";
import { EngineError } from "../../../base/index.ts";

const schemaVersion = 1;

/** Room that is kept for a full disk: with it containers can still be stopped and removed, which makes room. */
const reserveSize = 1024 * 1024;

/** Makes a typed value of a record that was read back. @throws for what it does not understand */
export type RecordDecoder<T> = (value: unknown) => T;

/** Records of one kind, each under a key. */
export interface RecordTable<T> {
  put(key: string, value: T): void;
  delete(key: string): void;
  get(key: string): T | undefined;
  /** Every record, by key. */
  all(): Map<string, T>;
}

/**
 * The engine's records. A write is there for the next engine as soon as the call returns, also when this one is killed
 * then. Against a power cut it is there after `flush`; what is lost then is the newest and never a part of a record.
 */
export class Records implements Disposable {
  readonly #database: Database;
  readonly #path: string;

  private constructor(database: Database, path: string) {
    this.#database = database;
    this.#path = path;
  }

  /** @throws EngineError `data-corrupt` with what can be done */
  static open(path: string): Records {
    try {
      const database = new Database(path, { create: true, strict: true });
      database.run("PRAGMA journal_mode = WAL");
      database.run("PRAGMA synchronous = NORMAL");
      database.run("PRAGMA busy_timeout = 5000");
      const version = database.query<{ user_version: number }, []>("PRAGMA user_version").get()?.user_version ?? 0;
      if (version > schemaVersion) throw new EngineError("unsupported", `${path} was written by a newer wharf (schema ${version})`);
      const check = database.query<{ quick_check: string }, []>("PRAGMA quick_check(1)").get()?.quick_check;
      if (check !== "ok") throw new Error(check ?? "no answer");
      database.run(`PRAGMA user_version = ${schemaVersion}`);
      const records = new Records(database, path);
      records.#keepReserve();
      return records;
    } catch (error) {
      if (error instanceof EngineError) throw error;
      throw new EngineError("data-corrupt", `cannot read the engine's records in ${path}: ${String(error)}`, {
        hint: "restore the file from a backup, or move it away: images and volumes stay on disk, containers are forgotten",
        cause: error,
      });
    }
  }

  /** @param name of our own, never from outside */
  table<T>(name: string, decode: RecordDecoder<T>): RecordTable<T> {
    if (!/^[a-z_]+$/.test(name)) throw new EngineError("internal", `${name} is no name for a table`);
    this.#database.run(`CREATE TABLE IF NOT EXISTS ${name} (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID`);
    const put = this.#database.query<null, [string, string]>(`INSERT OR REPLACE INTO ${name} VALUES (?, ?)`);
    const remove = this.#database.query<null, [string]>(`DELETE FROM ${name} WHERE key = ?`);
    const one = this.#database.query<{ value: string }, [string]>(`SELECT value FROM ${name} WHERE key = ?`);
    const every = this.#database.query<{ key: string; value: string }, []>(`SELECT key, value FROM ${name} ORDER BY key`);
    const read = (key: string, value: string): T => this.#decode(`${name}/${key}`, value, decode);
    return {
      put: (key, value) => {
        this.#write(() => put.run(key, JSON.stringify(value)));
      },
      delete: (key) => {
        this.#write(() => remove.run(key));
      },
      get: (key) => {
        const row = one.get(key);
        return row === null ? undefined : read(key, row.value);
      },
      all: () => new Map(every.all().map(({ key, value }) => [key, read(key, value)])),
    };
  }

  #decode<T>(name: string, text: string, decode: RecordDecoder<T>): T {
    try {
      return decode(JSON.parse(text));
    } catch (error) {
      throw new EngineError("data-corrupt", `the record ${name} in ${this.#path} is unreadable: ${String(error)}`, { cause: error });
    }
  }

  /** Several writes as one: all of them or none. */
  together(write: () => void): void {
    this.#write(this.#database.transaction(write));
  }

  /** @throws EngineError `unavailable` on a full disk whose reserve is used up too */
  #write(write: () => unknown): void {
    // Within a transaction it is the whole of it that is tried again.
    if (this.#database.inTransaction) {
      write();
      return;
    }
    try {
      write();
    } catch (error) {
      if (!isFull(error)) throw error;
      rmSync(this.#reservePath, { force: true });
      this.#writeAgain(write);
    }
  }

  #writeAgain(write: () => unknown): void {
    try {
      write();
    } catch (error) {
      if (!isFull(error)) throw error;
      throw new EngineError("unavailable", `the disk that holds ${this.#path} is full`, { hint: "free some space on it and try again", cause: error });
    }
  }

  get #reservePath(): string {
    return `${this.#path}.reserve`;
  }

  #keepReserve(): void {
    if (statSync(this.#reservePath, { throwIfNoEntry: false })?.size === reserveSize) return;
    try {
      // Zeros that are written take room, which a hole would not.
      writeFileSync(this.#reservePath, Buffer.alloc(reserveSize), { mode: 0o600 });
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "ENOSPC")) throw error;
      rmSync(this.#reservePath, { force: true });
    }
  }

  /** Makes what was written outlast a power cut. */
  flush(): void {
    this.#database.run("PRAGMA wal_checkpoint(FULL)");
    this.#keepReserve();
  }

  close(): void {
    this.#database.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

function isFull(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "SQLITE_FULL";
}
