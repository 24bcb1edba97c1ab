import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { EngineError } from "../../../base/index.ts";
import { readJsonObject } from "../config-file/index.ts";
import { isStoredName } from "./context-name.ts";
import { parseStoredContext, type StoredContext, type TlsMaterial } from "./stored-context.ts";

/**
 * Docker's contexts on disk, in docker's own layout, so that each client sees what the other made:
 *
 *     contexts/meta/DIGEST/meta.json       DIGEST is the SHA-256 of the context's name
 *     contexts/tls/DIGEST/docker/ca.pem    cert.pem and key.pem beside it
 */
export class ContextStore {
  readonly #root: string;

  /** @param configFolder docker's own, such as ~/.docker */
  constructor(configFolder: string) {
    this.#root = `${configFolder}/contexts`;
  }

  /** Every context, by name. */
  list(): readonly StoredContext[] {
    return foldersIn(`${this.#root}/meta`).flatMap((digest) => {
      const document = readJsonObject(`${this.#root}/meta/${digest}/meta.json`);
      const name = document?.["Name"];
      return document === undefined || typeof name !== "string" ? [] : [parseStoredContext(document, name)];
    }).sort((a, b) => a.Name.localeCompare(b.Name, "en", { numeric: true }));
  }

  has(name: string): boolean {
    return existsSync(`${this.paths(name).meta}/meta.json`);
  }

  /** @throws EngineError `not-found` in docker's words. */
  read(name: string): StoredContext {
    const path = `${this.paths(name).meta}/meta.json`;
    const document = readJsonObject(path);
    if (document === undefined) {
      throw new EngineError("not-found", `context ${JSON.stringify(name)}: context not found: open ${path}: no such file or directory`);
    }
    return parseStoredContext(document, name);
  }

  readTls(name: string): TlsMaterial {
    const folder = this.paths(name).tls;
    const files = (endpoint: string): Map<string, Uint8Array> =>
      new Map(filesIn(`${folder}/${endpoint}`).map((file) => [file, readFileSync(`${folder}/${endpoint}/${file}`)]));
    return new Map(foldersIn(folder).filter(isStoredName).map((endpoint) => [endpoint, files(endpoint)]));
  }

  /** Makes or replaces a context. @param tls replaces what there is; absent: that stays. */
  write(context: StoredContext, tls?: TlsMaterial): void {
    const paths = this.paths(context.Name);
    if (tls !== undefined) {
      rmSync(paths.tls, { recursive: true, force: true });
      for (const [endpoint, files] of tls) {
        mkdirSync(`${paths.tls}/${endpoint}`, { recursive: true, mode: 0o700 });
        for (const [file, pem] of files) writeFileSync(`${paths.tls}/${endpoint}/${file}`, pem, { mode: 0o600 });
      }
    }
    mkdirSync(paths.meta, { recursive: true, mode: 0o755 });
    const aside = `${paths.meta}/meta.json.${process.pid}`;
    writeFileSync(aside, JSON.stringify(context), { mode: 0o644 });
    renameSync(aside, `${paths.meta}/meta.json`);
  }

  remove(name: string): void {
    const { meta, tls } = this.paths(name);
    rmSync(meta, { recursive: true, force: true });
    rmSync(tls, { recursive: true, force: true });
  }

  paths(name: string): { readonly meta: string; readonly tls: string } {
    const digest = new Bun.CryptoHasher("sha256").update(name).digest("hex");
    return { meta: `${this.#root}/meta/${digest}`, tls: `${this.#root}/tls/${digest}` };
  }
}

function foldersIn(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory()).map(({ name }) => name).sort() : [];
}

function filesIn(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isFile()).map(({ name }) => name).sort();
}
