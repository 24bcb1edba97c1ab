import { describe, expect, test } from "bun:test";
import { deflateRawSync } from "node:zlib";
import { encodeMember, tarEnd, tarPadding, type TarType } from "../../../base/tar/index.ts";
import { readContextArchive, writeContextArchive } from "./context-archive.ts";

const context = { Name: "old", Metadata: { Description: "d", Other: [1] }, Endpoints: { docker: { Host: "tcp://h:1", SkipTLSVerify: true } } };
const tls = new Map([["docker", new Map([["ca.pem", Buffer.from("CA")], ["key.pem", Buffer.from("KEY")]])]]);
const meta = JSON.stringify(context);

async function* chunks(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 1000) yield await Promise.resolve(bytes.subarray(at, at + 1000));
}

function tar(...files: readonly (readonly [name: string, text: string, type?: TarType])[]): Buffer {
  return Buffer.concat([...files.flatMap(([name, text, type = "file"]) =>
    [encodeMember({ name, type, mode: 0o600, size: text.length, link: "" }), Buffer.from(text), tarPadding(text.length)]), tarEnd()]);
}

/** A zip archive with its files deflated, made by hand as PKWARE's note describes it. */
function zip(...files: readonly (readonly [name: string, text: string])[]): Buffer {
  const locals: Buffer[] = [];
  const entries: Buffer[] = [];
  let at = 0;
  for (const [name, text] of files) {
    const data = deflateRawSync(Buffer.from(text));
    const local = Buffer.alloc(30);
    local.writeUInt32LE(0x04034b50, 0);
    local.writeUInt16LE(8, 8);
    local.writeUInt16LE(name.length, 26);
    const entry = Buffer.alloc(46);
    entry.writeUInt32LE(0x02014b50, 0);
    entry.writeUInt16LE(8, 10);
    entry.writeUInt32LE(data.length, 20);
    entry.writeUInt32LE(text.length, 24);
    entry.writeUInt16LE(name.length, 28);
    entry.writeUInt32LE(at, 42);
    locals.push(local, Buffer.from(name), data);
    entries.push(entry, Buffer.from(name));
    at += 30 + name.length + data.length;
  }
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...locals, ...entries, end]);
}

test("what is written is read again under the new name, keys and unknown metadata included", async () => {
  expect(await readContextArchive(chunks(writeContextArchive(context, tls)), "new")).toEqual({ context: { ...context, Name: "new" }, tls });
});

test("a zip archive holds the same", async () => {
  const archive = zip(["meta.json", meta], ["tls/docker/ca.pem", "CA"], ["tls/docker/key.pem", "KEY"]);
  expect(await readContextArchive(chunks(archive), "new")).toEqual({ context: { ...context, Name: "new" }, tls });
});

describe("whatever else is in an archive is refused", () => {
  const cases: readonly (readonly [string, Buffer, RegExp])[] = [
    ["no metadata", tar(["tls/docker/ca.pem", "x"]), /no metadata found/],
    ["another file", tar(["meta.json", meta], ["passwd", "x"]), /passwd: unexpected context file/],
    ["a path out of the folder", tar(["meta.json", meta], ["tls/../../x", "x"]), /unexpected TLS file/],
    ["a file that is the folder above", tar(["meta.json", meta], ["tls/docker/..", "x"]), /unexpected TLS file/],
    ["an endpoint that is the folder above", zip(["meta.json", meta], ["tls/../x.pem", "x"]), /unexpected TLS file/],
    ["a link", tar(["meta.json", "", "symlink"]), /unexpected context file/],
    ["text that is no JSON", tar(["meta.json", "{"]), /no JSON/],
    ["endpoints that are none", tar(["meta.json", '{"Endpoints":{"docker":"x"}}']), /not what docker writes/],
    ["a zip archive that is cut off", zip(["meta.json", meta]).subarray(0, 60), /zip archive is damaged/],
    ["eleven million bytes", Buffer.alloc(11 << 20), /bytes at most/],
    ["eleven million bytes, deflated", zip(["meta.json", " ".repeat(11 << 20)]), /cannot be inflated/],
  ];
  for (const [name, archive, message] of cases) {
    test(name, async () => {
      let problem: unknown;
      await readContextArchive(chunks(archive), "new").catch((error: unknown) => { problem = error; });
      expect(String(problem)).toMatch(message);
    });
  }
});
