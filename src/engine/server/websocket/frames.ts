import { HttpRefusal } from "../http/index.ts";

/*
 * Frames of RFC 6455, section 5: two bytes of flags and length, a longer length where it is needed, the client's mask, the
 * payload.
 */

export const opcode = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

const finalBit = 0x80;
const reservedBits = 0x70;
const maskBit = 0x80;
/** Of ping, pong and close. */
const largestControl = 125;

/** A frame as a server sends it: whole and without a mask. */
export function encodeFrame(code: number, payload: Uint8Array): Uint8Array {
  const { length } = payload;
  const head = length < 126 ? Buffer.alloc(2) : length < 65_536 ? Buffer.alloc(4) : Buffer.alloc(10);
  head[0] = finalBit | code;
  if (head.length === 2) head[1] = length;
  if (head.length === 4) {
    head[1] = 126;
    head.writeUInt16BE(length, 2);
  }
  if (head.length === 10) {
    head[1] = 127;
    head.writeBigUInt64BE(BigInt(length), 2);
  }
  return Buffer.concat([head, payload]);
}

/** What came from the client, in the order in which it came. */
export type Incoming =
  /** A piece of a message, text or not: where messages end makes no difference to a stream. */
  | { readonly kind: "data"; readonly bytes: Uint8Array }
  | { readonly kind: "ping" | "close"; readonly bytes: Uint8Array };

/** Reads frames from the bytes of a connection; of a large one its pieces are given as they come. */
export class FrameReader {
  #bytes: Buffer = Buffer.alloc(0);
  /** Of the data frame that is being read. */
  #left = 0n;
  #mask: Buffer = Buffer.alloc(4);
  #masked = 0;

  /** @throws HttpRefusal for what is no frame of a client */
  *take(bytes: Uint8Array): Generator<Incoming> {
    this.#bytes = Buffer.concat([this.#bytes, bytes]);
    for (;;) {
      if (this.#left > 0n) {
        if (this.#bytes.length === 0) return;
        yield { kind: "data", bytes: this.#takePayload() };
        continue;
      }
      const control = this.#takeHead();
      if (control === undefined) return;
      if (control !== "data") yield control;
    }
  }

  #takePayload(): Uint8Array {
    const count = this.#left < BigInt(this.#bytes.length) ? Number(this.#left) : this.#bytes.length;
    const payload = this.#unmask(this.#bytes.subarray(0, count), this.#mask, this.#masked);
    this.#bytes = this.#bytes.subarray(count);
    this.#left -= BigInt(count);
    this.#masked += count;
    return payload;
  }

  /** @returns a control frame, which is short; "data" where data follows; undefined where more has to come first */
  #takeHead(): Incoming | "data" | undefined {
    const bytes = this.#bytes;
    if (bytes.length < 2) return undefined;
    const [flags = 0, second = 0] = bytes;
    const code = flags & 0x0f;
    const isControl = code >= opcode.close;
    const short = second & 0x7f;
    if ((flags & reservedBits) !== 0 || (second & maskBit) === 0 || (isControl && (short > largestControl || (flags & finalBit) === 0))) throw broken();
    const at = short === 126 ? 4 : short === 127 ? 10 : 2;
    if (bytes.length < at + 4) return undefined;
    const length = short === 126 ? BigInt(bytes.readUInt16BE(2)) : short === 127 ? bytes.readBigUInt64BE(2) : BigInt(short);
    const mask = Buffer.from(bytes.subarray(at, at + 4));
    if (!isControl) return this.#beginData(code, { length, mask, rest: bytes.subarray(at + 4) });
    if (bytes.length < at + 4 + short) return undefined;
    const payload = this.#unmask(bytes.subarray(at + 4, at + 4 + short), mask, 0);
    this.#bytes = bytes.subarray(at + 4 + short);
    if (code === opcode.pong) return { kind: "data", bytes: new Uint8Array() };
    if (code !== opcode.ping && code !== opcode.close) throw broken();
    return { kind: code === opcode.ping ? "ping" : "close", bytes: payload };
  }

  #beginData(code: number, { length, mask, rest }: { readonly length: bigint; readonly mask: Buffer; readonly rest: Buffer }): "data" {
    if (code > opcode.binary || length >= 1n << 63n) throw broken();
    this.#left = length;
    this.#mask = mask;
    this.#masked = 0;
    this.#bytes = rest;
    return "data";
  }

  #unmask(bytes: Buffer, mask: Buffer, from: number): Uint8Array {
    const plain = Buffer.allocUnsafe(bytes.length);
    for (let i = 0; i < bytes.length; i++) plain[i] = (bytes[i] ?? 0) ^ (mask[(from + i) % 4] ?? 0);
    return plain;
  }
}

function broken(): HttpRefusal {
  return new HttpRefusal(400, "the client sent no frame of a websocket");
}
