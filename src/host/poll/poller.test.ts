import { expect, test } from "bun:test";
import { Descriptor, succeed, systemCall } from "../libc/index.ts";
import { Poller } from "./poller.ts";

const pipe = systemCall<[Uint8Array, number]>("pipe2", "pi");
const write = systemCall<[number, Uint8Array, number]>("write", "ipi");

function makePipe(): { reader: Descriptor; writer: Descriptor } {
  const numbers = Buffer.alloc(8);
  succeed(pipe(numbers, 0o2004000), () => "make a pipe");
  return { reader: new Descriptor(numbers.readInt32LE(0)), writer: new Descriptor(numbers.readInt32LE(4)) };
}

test("Poller.ready: resolves when there is something to read, again and again", async () => {
  using poller = new Poller();
  const { reader, writer } = makePipe();
  using _reader = reader;
  using _writer = writer;
  for (let i = 0; i < 20; i++) {
    const ready = poller.ready(reader.number, "readable");
    write(writer.number, Buffer.from("x"), 1);
    await ready;
  }
});

test("Poller.ready: resolves when the other end is gone", async () => {
  using poller = new Poller();
  const { reader, writer } = makePipe();
  using _reader = reader;
  const ready = poller.ready(reader.number, "readable");
  writer.close();
  await ready;
});

test("Poller.ready: is ended by its signal and by close", async () => {
  const poller = new Poller();
  const { reader, writer } = makePipe();
  using _reader = reader;
  using _writer = writer;
  const abort = new AbortController();
  const first = poller.ready(reader.number, "readable", abort.signal);
  abort.abort(new Error("enough"));
  expect(first).rejects.toThrow("enough");
  await first.catch(() => undefined);
  const second = poller.ready(reader.number, "readable");
  poller.close();
  expect(second).rejects.toThrow("shutting down");
  expect(poller.ready(reader.number, "readable")).rejects.toThrow("shutting down");
});

test("Poller.ready: hundreds at once cost one thread", async () => {
  using poller = new Poller();
  const pipes = Array.from({ length: 200 }, makePipe);
  const all = pipes.map(({ reader }) => poller.ready(reader.number, "readable"));
  for (const { writer } of pipes) writer.close();
  await Promise.all(all);
  for (const { reader } of pipes) reader.close();
});
