import { afterAll, beforeAll, expect, test } from "bun:test";
import { encodeMember, readTar, tarEnd, tarPadding } from "../../base/tar/index.ts";
import { FakeServer } from "./fake/index.ts";

let fake: FakeServer;
beforeAll(async () => {
  fake = await FakeServer.start();
  await fake.request("POST", "/containers/create?name=box", { text: '{"Image":"busybox"}' });
});
afterAll(async () => { await fake[Symbol.asyncDispose](); });

const message = (body: string): unknown => (JSON.parse(body) as { message: unknown }).message;

function archive(name: string, text: string): string {
  return Buffer.concat([encodeMember({ name, type: "file", mode: 0o644, size: text.length }), Buffer.from(text), tarPadding(text.length), tarEnd()]).toString("latin1");
}

/** Names and texts of a chunked body that is an archive. */
async function unpacked(body: string): Promise<Record<string, string>> {
  let bytes = "";
  for (let rest = body; ;) {
    const end = rest.indexOf("\r\n");
    const size = Number.parseInt(rest.slice(0, end), 16);
    if (size === 0) break;
    bytes += rest.slice(end + 2, end + 2 + size);
    rest = rest.slice(end + 4 + size);
  }
  const found: Record<string, string> = {};
  for await (const entry of readTar(once(Buffer.from(bytes, "latin1")))) {
    let text = "";
    for await (const piece of entry.body()) text += piece.toString();
    found[entry.name] = text;
  }
  return found;
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(bytes);
}

test("an archive is put, looked at and got back", async () => {
  const put = await fake.request("PUT", "/containers/box/archive?path=/&copyUIDGID=1", { type: "application/x-tar", text: archive("a", "text") });
  expect([put.status, put.body]).toEqual([200, ""]);
  const stat = { name: "a", size: 10, mode: 0o644, mtime: "2024-01-02T03:04:05Z", linkTarget: "" };
  const head = await fake.request("HEAD", "/containers/box/archive?path=a");
  const header = Buffer.from(head.headers.get("x-docker-container-path-stat") ?? "", "base64").toString();
  expect([head.status, JSON.parse(header), head.body]).toEqual([200, stat, ""]);
  const got = await fake.request("GET", "/containers/box/archive?path=a");
  expect([got.headers.get("content-type"), got.headers.get("x-docker-container-path-stat")]).toEqual(["application/x-tar", head.headers.get("x-docker-container-path-stat")]);
  expect(await unpacked(got.body)).toEqual({ a: "owned text" });
});

test("changes are null or a list, and an export is an archive of no type that a browser would open", async () => {
  await fake.request("POST", "/containers/create?name=still", { text: '{"Image":"busybox"}' });
  expect((await fake.request("GET", "/containers/still/changes")).body).toBe("null\n");
  await fake.request("PUT", "/containers/still/archive?path=/", { type: "application/x-tar", text: archive("new", "") });
  expect((await fake.request("GET", "/containers/still/changes")).body).toBe('[{"Path":"/new","Kind":1}]\n');
  const exported = await fake.request("GET", "/containers/still/export");
  expect([exported.headers.get("content-type"), await unpacked(exported.body)]).toEqual(["application/octet-stream", { new: "" }]);
});

test("commit: 201 with the id; a configuration in the body is optional", async () => {
  const plain = await fake.request("POST", "/commit?container=box&repo=a/b&tag=1&comment=c&author=d&changes=ENV%20a=b&changes=CMD%20x");
  expect([plain.status, JSON.parse(plain.body)]).toEqual([201, { Id: `sha256:${"c".repeat(64)}` }]);
  await fake.request("POST", "/commit?container=box&pause=0", { text: '{"Cmd":["sh"]}' });
  const [first, second] = fake.backend.find("box").commits;
  expect(first).toEqual({ pause: true, changes: ["ENV a=b", "CMD x"], repository: "a/b", tag: "1", comment: "c", author: "d" });
  expect([second?.pause, second?.config?.Cmd]).toEqual([false, ["sh"]]);
});

test.each([
  ["GET", "/containers/nope/archive?path=/", 404, "No such container: nope"],
  ["GET", "/containers/box/archive", 400, "missing parameter path"],
  ["GET", "/containers/box/archive?path=/none", 404, "Could not find the file /none in container box"],
  ["PUT", "/containers/box/archive?path=/elsewhere", 403, "container rootfs is marked read-only"],
  ["GET", "/containers/nope/changes", 404, "No such container: nope"],
  ["GET", "/containers/nope/export", 404, "No such container: nope"],
  ["POST", "/commit", 400, "missing parameter container"],
  ["POST", "/commit?container=nope", 404, "No such container: nope"],
])("%s %s: %d %s", async (method, target, status, text) => {
  const reply = await fake.request(method, target);
  expect([reply.status, message(reply.body)]).toEqual([status, text]);
});

test("a refused archive that is long does not reset the connection before the answer is read", async () => {
  const reply = await fake.request("PUT", "/containers/box/archive?path=/elsewhere", { type: "application/x-tar", text: archive("big", "x".repeat(3_000_000)) });
  expect(reply.status).toBe(403);
});
