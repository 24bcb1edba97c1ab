import { EngineError } from "../../../base/index.ts";
import { encodeMember, readTar, tarEnd, tarPadding } from "../../../base/tar/index.ts";
import type { ContainerFileBackend } from "../backend/index.ts";
import type { FakeContainer } from "./fake-container.ts";

const someDay = "2024-01-02T03:04:05Z";

/** Files of fake containers: a flat folder "/" of names and texts for each of them. */
export function fakeContainerFiles(find: (ref: string) => FakeContainer): ContainerFileBackend {
  const stat = (ref: string, path: string) => {
    const { files } = find(ref);
    const name = path.replace(/^\//, "");
    const text = files.get(name);
    if (path !== "/" && text === undefined) throw new EngineError("not-found", `Could not find the file ${path} in container ${ref}`);
    return { name: name === "" ? "/" : name, size: text?.length ?? 4096, mode: text === undefined ? 2 ** 31 + 0o755 : 0o644, mtime: someDay, linkTarget: "" };
  };
  const archive = (files: Iterable<readonly [string, string]>) => ({
    content: archived(files),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  });
  return {
    stat: (ref, path) => Promise.try(() => stat(ref, path)),
    archive: (ref, path) => Promise.try(() => {
      const told = stat(ref, path);
      const files = [...find(ref).files].filter(([name]) => path === "/" || name === told.name);
      return { stat: told, ...archive(files) };
    }),
    extract: async (ref, bytes, { path, copyUidGid }) => {
      const { files } = find(ref);
      if (path !== "/") throw new EngineError("forbidden", "container rootfs is marked read-only");
      for await (const { name, body } of readTar(bytes)) {
        let text = copyUidGid ? "owned " : "";
        for await (const piece of body()) text += piece.toString();
        files.set(name, text);
      }
    },
    changes: (ref) => Promise.try(() => {
      const changes = [...find(ref).files.keys()].map((name) => ({ Path: `/${name}`, Kind: 1 as const }));
      return changes.length === 0 ? null : changes;
    }),
    export: (ref) => Promise.try(() => archive(find(ref).files)),
    commit: (ref, options) => Promise.try(() => {
      find(ref).commits.push(options);
      return `sha256:${"c".repeat(64)}`;
    }),
  };
}

async function* archived(files: Iterable<readonly [string, string]>): AsyncGenerator<Uint8Array> {
  for (const [name, text] of files) {
    const size = Buffer.byteLength(text);
    yield await Promise.resolve(Buffer.concat([encodeMember({ name, type: "file", mode: 0o644, size }), Buffer.from(text), tarPadding(size)]));
  }
  yield tarEnd();
}
