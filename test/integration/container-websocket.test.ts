import { afterAll, beforeAll, expect, test } from "bun:test";
import { ContainerWorld } from "./container-world.ts";

let world: ContainerWorld;

beforeAll(async () => { world = await ContainerWorld.open(); }, 120_000);
afterAll(async () => { await world[Symbol.asyncDispose](); }, 120_000);

const time = 60_000;

/** An attached websocket: what came of it, and how it ended. */
class Attached {
  readonly #socket: WebSocket;
  text = "";
  readonly ended: Promise<number>;
  #look: () => void = () => undefined;

  constructor(path: string, headers: Readonly<Record<string, string>> = {}) {
    this.#socket = new WebSocket(`ws+unix://${world.engine.socket}:${path}`, { headers });
    this.#socket.binaryType = "arraybuffer";
    const { promise, resolve } = Promise.withResolvers<number>();
    this.ended = promise;
    this.#socket.onmessage = ({ data }: MessageEvent<ArrayBuffer>) => {
      this.text += Buffer.from(data).toString();
      this.#look();
    };
    this.#socket.onclose = ({ code }) => { resolve(code); };
  }

  async open(): Promise<this> {
    const { promise, resolve, reject } = Promise.withResolvers<undefined>();
    this.#socket.onopen = () => { resolve(undefined); };
    this.#socket.onerror = () => { reject(new Error("the websocket was refused")); };
    await promise;
    return this;
  }

  async has(text: string): Promise<void> {
    while (!this.text.includes(text)) {
      const { promise, resolve } = Promise.withResolvers<undefined>();
      this.#look = () => { resolve(undefined); };
      await promise;
    }
  }

  send(data: string | Uint8Array<ArrayBuffer>): void {
    this.#socket.send(data);
  }

  close(): void {
    this.#socket.close();
  }
}

test("attach/ws: input by text and by bytes, both outputs in one, and a proper end with the program's", async () => {
  const id = await world.create("while read line; do echo out $line; echo err $line >&2; [ $line = last ] && exit; done", { OpenStdin: true });
  const socket = await new Attached(`/v1.50/containers/${id}/attach/ws?stream=1&stdin=1&stdout=1&stderr=1`).open();
  await world.start(id);
  socket.send("one\n");
  await socket.has("out one\n");
  await socket.has("err one\n");
  socket.send(Buffer.from("last\n"));
  expect(await socket.ended).toBe(1000);
  expect(socket.text.split("\n").sort()).toEqual(["", "err last", "err one", "out last", "out one"]);
}, time);

test("attach/ws: the log first; two megabytes come whole; only the streams that were asked for", async () => {
  const id = await world.create("echo first; echo not this >&2; read x; head -c 2000000 /dev/zero | tr '\\0' y; echo; echo end", { OpenStdin: true });
  await world.start(id);
  await world.logged(id, "not this");
  const socket = await new Attached(`/containers/${id}/attach/ws?logs=1&stream=1&stdin=1&stdout=1`).open();
  await socket.has("first\n");
  socket.send("go\n");
  await socket.ended;
  expect(socket.text === `first\n${"y".repeat(2_000_000)}\nend\n`).toBe(true);
}, time);

test("attach/ws: a client that goes leaves the program running, and the detach keys do the same", async () => {
  const id = await world.run("while read line; do echo got $line; done", { OpenStdin: true });
  const first = await new Attached(`/containers/${id}/attach/ws?stream=1&stdin=1&stdout=1`).open();
  first.send("one\n");
  await first.has("got one\n");
  first.close();
  await first.ended;
  const second = await new Attached(`/v1.41/containers/${id}/attach/ws?stream=1`).open();
  second.send("two\n");
  await second.has("got two\n");
  second.send(new Uint8Array([16, 17]));
  expect(await second.ended).toBe(1000);
  expect((await world.inspect(id)).State.Running).toBe(true);
}, time);

test("attach/ws: what is no websocket, no container and no page of one's own is refused", async () => {
  const id = await world.run("sleep 1000");
  const ask = async (ref: string, headers: Readonly<Record<string, string>>): Promise<number> =>
    (await fetch(`http://engine/containers/${ref}/attach/ws?stream=1`, { headers, unix: world.engine.socket })).status;
  const upgrade = { Connection: "Upgrade", Upgrade: "websocket", "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Version": "13" };
  expect(await ask(id, {})).toBe(400);
  expect(await ask(id, { ...upgrade, "Sec-WebSocket-Version": "8" })).toBe(400);
  expect(await ask("none-such", upgrade)).toBe(404);
  expect(await ask(id, { ...upgrade, Origin: "http://evil.example" })).toBe(403);
  await new Attached(`/containers/${id}/attach/ws?stream=1`, { Origin: "http://localhost" }).open();
}, time);
