import { encodeFrame, FrameReader, opcode } from "./frames.ts";

/** The bytes below a websocket. */
export interface ByteStreams {
  read(): AsyncIterable<Uint8Array>;
  write(bytes: Uint8Array): Promise<void>;
}

const normalEnd = 1000;

/** A websocket as two streams of bytes. */
export class WebSocketStream {
  readonly #bytes: ByteStreams;
  readonly #gone = new AbortController();
  /** Aborted when the client has closed the websocket, or is gone, or the server stops. */
  readonly signal: AbortSignal;

  constructor(bytes: ByteStreams, signal: AbortSignal) {
    this.#bytes = bytes;
    this.signal = AbortSignal.any([signal, this.#gone.signal]);
  }

  /** What the client sends, until it closes; pings are answered meanwhile, so somebody has to read. */
  async *read(): AsyncGenerator<Uint8Array, void, undefined> {
    const frames = new FrameReader();
    let isLeft = true;
    try {
      for await (const bytes of this.#bytes.read()) {
        for (const frame of frames.take(bytes)) {
          if (frame.kind === "close") return;
          if (frame.kind === "ping") await this.#bytes.write(encodeFrame(opcode.pong, frame.bytes));
          if (frame.kind !== "data" || frame.bytes.length === 0) continue;
          isLeft = false;
          yield frame.bytes;
          isLeft = true;
        }
      }
    } finally {
      // A reader that wants no more, as after the detach keys, is not the client's end.
      if (isLeft) this.#gone.abort();
    }
  }

  async write(bytes: Uint8Array): Promise<void> {
    await this.#bytes.write(encodeFrame(opcode.binary, bytes));
  }

  /** Says that nothing more comes. */
  async close(): Promise<void> {
    const reason = Buffer.alloc(2);
    reason.writeUInt16BE(normalEnd);
    await this.#bytes.write(encodeFrame(opcode.close, reason));
  }
}
