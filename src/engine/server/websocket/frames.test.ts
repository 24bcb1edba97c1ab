import { expect, test } from "bun:test";
import { encodeFrame, FrameReader, opcode } from "./frames.ts";

/** A frame as a client sends it. */
function clientFrame(code: number, payload: Uint8Array, { final = true, mask = true } = {}): Buffer {
  const frame = Buffer.from(encodeFrame(code, payload));
  const at = frame.length - payload.length;
  if (!final) frame[0] = (frame[0] ?? 0) & 0x7f;
  if (!mask) return frame;
  frame[1] = (frame[1] ?? 0) | 0x80;
  const key = Buffer.from([1, 2, 3, 4]);
  return Buffer.concat([frame.subarray(0, at), key, frame.subarray(at).map((byte, i) => byte ^ (key[i % 4] ?? 0))]);
}

/** What is read of bytes that come in pieces of a size. */
function read(bytes: Buffer, size: number): { text: string; control: string[] } {
  const reader = new FrameReader();
  let text = "";
  const control: string[] = [];
  for (let at = 0; at < bytes.length; at += size) {
    for (const frame of reader.take(bytes.subarray(at, at + size))) {
      if (frame.kind === "data") text += Buffer.from(frame.bytes).toString("latin1");
      else control.push(`${frame.kind} ${Buffer.from(frame.bytes).toString("latin1")}`);
    }
  }
  return { text, control };
}

test("FrameReader: messages of every length, in pieces of every size, with control frames among them", () => {
  const texts = ["", "a", "b".repeat(125), "c".repeat(126), "d".repeat(65_535), "e".repeat(65_536)];
  const frames = texts.flatMap((text, i) => [clientFrame(i % 2 === 0 ? opcode.text : opcode.binary, Buffer.from(text), { final: i !== 3 }), clientFrame(opcode.ping, Buffer.from(String(i)))]);
  const bytes = Buffer.concat([...frames, clientFrame(opcode.pong, Buffer.from("x")), clientFrame(opcode.close, Buffer.from("bye"))]);
  for (const size of [1, 3, 4096, bytes.length]) {
    expect(read(bytes, size)).toEqual({ text: texts.join(""), control: [...texts.map((_, i) => `ping ${i}`), "close bye"] });
  }
});

test.each([
  ["without a mask", clientFrame(opcode.text, Buffer.from("x"), { mask: false })],
  ["with a code that there is not", clientFrame(5, Buffer.from("x"))],
  ["with a control code that there is not", clientFrame(11, Buffer.from("x"))],
  ["of control that is too long", clientFrame(opcode.ping, Buffer.alloc(126))],
  ["of control in pieces", clientFrame(opcode.ping, Buffer.from("x"), { final: false })],
  ["with reserved bits", Buffer.from([0xc1, 0x80, 0, 0, 0, 0])],
  ["of more than there are bytes", Buffer.from([0x82, 0xff, 0xff, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4])],
])("FrameReader refuses a frame %s", (_, bytes) => {
  expect(() => read(bytes, bytes.length)).toThrow("no frame of a websocket");
});
