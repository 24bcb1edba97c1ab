import { EngineError } from "../../../base/index.ts";
import type { Duplex } from "./duplex.ts";
import { HttpRefusal } from "./refusal.ts";
import type { BodyFraming } from "./request-head.ts";

const longestChunkLine = 4096;

/** The body of one request, read when it is asked for (RFC 9112, "Message Body"). */
export class RequestBody implements AsyncIterable<Uint8Array> {
  private readonly duplex: Duplex;
  private readonly askToContinue: (() => Promise<void>) | undefined;
  private readonly framing: BodyFraming;
  /** Bytes left of the body, or of the current chunk. */
  private left: number;
  private done: boolean;
  private hasBegun = false;

  /** @param askToContinue called before the first bytes are awaited, where the client waits for that */
  constructor(duplex: Duplex, framing: BodyFraming, askToContinue?: () => Promise<void>) {
    this.duplex = duplex;
    this.framing = framing;
    this.askToContinue = askToContinue;
    this.left = framing.kind === "length" ? framing.length : 0;
    this.done = framing.kind === "length" && framing.length === 0;
  }

  /** Nothing of it is left in the connection. */
  get isConsumed(): boolean {
    return this.done;
  }

  /** The client was never told to send it. */
  get isUnasked(): boolean {
    return this.askToContinue !== undefined && !this.hasBegun && !this.done;
  }

  /** Known to be empty before reading. */
  get isEmpty(): boolean {
    return this.framing.kind === "length" && this.framing.length === 0;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void, undefined> {
    for (let chunk = await this.next(); chunk !== undefined; chunk = await this.next()) yield chunk;
  }

  /**
   * The whole of it.
   * @throws EngineError `too-large` beyond `most` bytes: what is read is all or nothing.
   */
  async readAll(most: number): Promise<Uint8Array> {
    if (this.framing.kind === "length" && this.framing.length > most) throw tooLarge(most);
    const chunks: Uint8Array[] = [];
    let size = 0;
    for await (const chunk of this) {
      size += chunk.length;
      if (size > most) throw tooLarge(most);
      chunks.push(chunk);
    }
    return chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks);
  }

  /** The next bytes; undefined at the end. */
  private async next(): Promise<Uint8Array | undefined> {
    if (!this.hasBegun && !this.done) {
      this.hasBegun = true;
      await this.askToContinue?.();
    }
    if (this.done || (this.left === 0 && !await this.nextChunk())) return undefined;
    let bytes = this.duplex.incoming.take(this.left);
    while (bytes === undefined) {
      await this.awaitMore();
      bytes = this.duplex.incoming.take(this.left);
    }
    this.left -= bytes.length;
    if (this.left === 0) await this.endOfPart();
    return bytes;
  }

  private async endOfPart(): Promise<void> {
    if (this.framing.kind === "length") this.done = true;
    else if (await this.line() !== "") throw new HttpRefusal(400, "malformed chunk");
  }

  /** False: that was the end. */
  private async nextChunk(): Promise<boolean> {
    const size = /^([0-9a-fA-F]{1,12})[ \t]*(?:;.*)?$/.exec(await this.line())?.[1];
    if (size === undefined) throw new HttpRefusal(400, "malformed chunk size");
    this.left = parseInt(size, 16);
    if (this.left > 0) return true;
    while (await this.line() !== "") continue;
    this.done = true;
    return false;
  }

  private async line(): Promise<string> {
    for (;;) {
      const line = this.takeLine();
      if (line !== undefined) return line;
      await this.awaitMore();
    }
  }

  private takeLine(): string | undefined {
    try {
      return this.duplex.incoming.takeUntil("\r\n", longestChunkLine);
    } catch (error) {
      if (error instanceof RangeError) throw new HttpRefusal(400, "chunk line too long");
      throw error;
    }
  }

  private async awaitMore(): Promise<void> {
    if (this.duplex.inputEnded) throw new EngineError("cancelled", "the client ended the request in the middle of its body");
    await this.duplex.more();
  }
}

function tooLarge(most: number): EngineError {
  return new EngineError("too-large", `the request body is larger than ${most} bytes`);
}
