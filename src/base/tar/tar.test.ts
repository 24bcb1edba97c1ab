import { expect, test } from "bun:test";
import { readTar, type TarEntry } from "./reader.ts";
import { encodeMember, tarEnd, tarPadding, type TarMember } from "./writer.ts";

function archive(...members: readonly (readonly [TarMember, string])[]): Buffer {
  const parts = members.flatMap(([member, body]) => [encodeMember(member), Buffer.from(body), tarPadding(body.length)]);
  return Buffer.concat([...parts, tarEnd()]);
}

async function* pieces(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield await Promise.resolve(bytes.subarray(at, at + size));
}

async function list(bytes: Buffer, size = 7_777): Promise<(Omit<TarEntry, "body"> & { text: string })[]> {
  const found = [];
  for await (const { body, ...entry } of readTar(pieces(bytes, size))) {
    let text = "";
    for await (const part of body()) text += part.toString("latin1");
    found.push({ ...entry, text });
  }
  return found;
}

const file = { type: "file", mode: 0o644, size: 0 } as const;

test("readTar: what was written comes back, whatever the pieces", async () => {
  const odd = Buffer.from([0x62, 0xff, 0x0a, 0xc3]).toString("latin1");
  const bytes = archive(
    [{ ...file, name: "a", size: 5, uid: 3_000_000, gid: 70_000, modified: { seconds: 1_700_000_000, nanoseconds: 5 } }, "hello"],
    [{ ...file, name: "x".repeat(300), mode: 0o4755 }, ""],
    [{ ...file, name: odd, type: "symlink", link: "y".repeat(200) }, ""],
    [{ ...file, name: "d/", type: "directory", mode: 0o1777, modified: { seconds: -2, nanoseconds: 250_000_000 } }, ""],
    [{ ...file, name: "n", type: "char", device: { major: 1, minor: 3 } }, ""],
    [{ ...file, name: "c", attributes: new Map([["security.capability", Uint8Array.of(1, 0, 0, 2, 255, 10)]]) }, ""],
  );
  for (const size of [1, 512, 513, 1_000_000]) {
    const [a, long, link, folder, node, capable, ...rest] = await list(bytes, size);
    expect(rest).toEqual([]);
    expect(a).toMatchObject({ name: "a", text: "hello", uid: 3_000_000, gid: 70_000, modified: { seconds: 1_700_000_000, nanoseconds: 5 } });
    expect(long).toMatchObject({ name: "x".repeat(300), mode: 0o4755, extents: [] });
    expect(link).toMatchObject({ name: odd, type: "symlink", link: "y".repeat(200) });
    expect(folder).toMatchObject({ name: "d/", type: "directory", mode: 0o1777, modified: { seconds: -2, nanoseconds: 250_000_000 } });
    expect(node).toMatchObject({ type: "char", device: { major: 1, minor: 3 } });
    expect([...(capable?.attributes.get("security.capability") ?? [])]).toEqual([1, 0, 0, 2, 255, 10]);
  }
});

test("readTar: an unread body is passed over", async () => {
  const names = [];
  const bytes = archive([{ ...file, name: "big", size: 2000 }, "z".repeat(2000)], [{ ...file, name: "next" }, ""]);
  for await (const entry of readTar(pieces(bytes, 100))) names.push(entry.name);
  expect(names).toEqual(["big", "next"]);
});

test("readTar: a damaged archive is an error and not a shorter one", async () => {
  const good = archive([{ ...file, name: "a", size: 600 }, "b".repeat(600)]);
  const flipped = Buffer.from(good);
  flipped[0] = 0x7a;
  expect(list(flipped)).rejects.toThrow("checksum");
  expect(list(good.subarray(0, 900))).rejects.toThrow("ends in the middle");
  expect(list(Buffer.from("not an archive at all".repeat(40)))).rejects.toThrow("damaged");
  expect(await list(Buffer.alloc(0))).toEqual([]);
});

test("readTar: random damage never ends in anything but an error or a list", async () => {
  const good = archive([{ ...file, name: "n".repeat(150), size: 10 }, "0123456789"], [{ ...file, name: "l", type: "link", link: "x" }, ""]);
  let seed = 42;
  const random = (limit: number): number => (seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648) % limit;
  for (let round = 0; round < 500; round++) {
    const bytes = Buffer.from(good);
    for (let i = 0; i < 3; i++) bytes[random(bytes.length)] = random(256);
    const outcome = await list(bytes).then((entries) => `${entries.length}`, (error: unknown) => String(error));
    expect(outcome).toMatch(/^(\d|EngineError: the archive is damaged)/);
  }
});
