import { EngineError } from "../../../base/index.ts";
import { encodeMember, readTar, tarEnd, tarPadding } from "../../../base/tar/index.ts";
import { isObject } from "../config-file/index.ts";
import { isStoredName, parseStoredContext, type StoredContext, type TlsMaterial } from "../context-store/index.ts";
import { readZip } from "./zip.ts";

/** An archive is read into memory: what is larger is no context. In bytes. */
const largest = 10 << 20;

/** A context as the tar archive that `context export` writes: meta.json, and tls/ENDPOINT/FILE of its TLS material. */
export function writeContextArchive(context: StoredContext, tls: TlsMaterial): Uint8Array {
  const parts: Uint8Array[] = [];
  const add = (name: string, mode: number, data?: Uint8Array): void => {
    parts.push(encodeMember({ name, mode, type: data === undefined ? "directory" : "file", size: data?.length ?? 0 }));
    if (data !== undefined) parts.push(data, tarPadding(data.length));
  };
  add("meta.json", 0o644, Buffer.from(JSON.stringify(context)));
  add("tls", 0o700);
  for (const [endpoint, files] of tls) {
    add(`tls/${endpoint}`, 0o700);
    for (const [file, pem] of files) add(`tls/${endpoint}/${file}`, 0o600, pem);
  }
  return Buffer.concat([...parts, tarEnd()]);
}

/**
 * Reads what `context export` wrote, or the same files in a zip archive.
 * @param name that the context gets here
 * @throws EngineError `invalid-argument` for anything else in it.
 */
export async function readContextArchive(bytes: AsyncIterable<Uint8Array>, name: string): Promise<{ readonly context: StoredContext; readonly tls: TlsMaterial }> {
  const archive = await whole(bytes);
  const files = archive.subarray(0, 4).toString("latin1") === "PK\u0003\u0004" ? readZip(archive, largest) : await readTarFiles(archive);
  const tls = new Map<string, Map<string, Uint8Array>>();
  for (const [path, data] of files) {
    if (path === "meta.json") continue;
    const [folder, endpoint = "", file = "", ...deeper] = path.split("/");
    if (folder !== "tls") throw invalid(`${path}: unexpected context file`);
    // They become paths in the user's folder.
    if (deeper.length > 0 || !isStoredName(endpoint) || !isStoredName(file)) throw invalid(`${path}: unexpected TLS file`);
    const files = tls.get(endpoint) ?? new Map<string, Uint8Array>();
    tls.set(endpoint, files.set(file, data));
  }
  const meta = files.get("meta.json");
  if (meta === undefined) throw invalid("invalid context: no metadata found");
  return { context: parseStoredContext(parseDocument(meta), name), tls };
}

async function whole(bytes: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of bytes) {
    size += chunk.length;
    if (size > largest) throw invalid(`the archive of a context has ${largest} bytes at most`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

async function readTarFiles(archive: Buffer): Promise<ReadonlyMap<string, Uint8Array>> {
  const files = new Map<string, Uint8Array>();
  async function* source(): AsyncGenerator<Uint8Array> {
    yield await Promise.resolve(archive);
    // Docker's own client leaves the end of the last file's block out.
    yield tarPadding(archive.length);
  }
  for await (const entry of readTar(source())) {
    if (entry.type === "directory") continue;
    if (entry.type !== "file") throw invalid(`${entry.name}: unexpected context file`);
    files.set(entry.name, Buffer.concat(await Array.fromAsync(entry.body())));
  }
  return files;
}

function parseDocument(meta: Uint8Array): Readonly<Record<string, unknown>> {
  try {
    const document: unknown = JSON.parse(Buffer.from(meta).toString());
    if (isObject(document)) return document;
  } catch (cause) {
    throw invalid("invalid context: meta.json is no JSON", cause);
  }
  throw invalid("invalid context: meta.json has to hold a JSON object");
}

function invalid(message: string, cause?: unknown): EngineError {
  return new EngineError("invalid-argument", message, cause === undefined ? {} : { cause });
}
