import { EngineError } from "../../base/index.ts";
import type { Connection } from "./connection.ts";

const longestHead = 64 * 1024;

/** What comes in on a connection, by lines and by lengths. */
export class Input {
  readonly #connection: Connection;
  #rest: Uint8Array | undefined;
  #hasBegun = false;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** Whether any byte has come since {@link begin}. */
  get hasBegun(): boolean {
    return this.#hasBegun;
  }

  begin(): void {
    this.#hasBegun = false;
  }

  /** Some bytes, at most so many; nothing at the end. */
  async some(limit = Number.POSITIVE_INFINITY): Promise<Uint8Array | undefined> {
    const bytes = this.#rest ?? await this.#connection.read();
    this.#rest = undefined;
    if (bytes === undefined) return undefined;
    this.#hasBegun = true;
    if (bytes.length <= limit) return bytes;
    this.#rest = bytes.subarray(limit);
    return bytes.subarray(0, limit);
  }

  /** Text up to a separator, which is taken and left out. @throws EngineError at an early end. */
  async until(separator: string): Promise<string> {
    const mark = Buffer.from(separator);
    let gathered: Buffer = Buffer.alloc(0);
    for (;;) {
      const bytes = await this.some();
      if (bytes === undefined) throw new EngineError("unavailable", "the engine closed the connection before its answer was complete");
      gathered = gathered.length === 0 ? Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length) : Buffer.concat([gathered, bytes]);
      const at = gathered.indexOf(mark);
      if (at >= 0) {
        const rest = gathered.subarray(at + mark.length);
        this.#rest = rest.length === 0 ? undefined : rest;
        return gathered.toString("latin1", 0, at);
      }
      if (gathered.length > longestHead) throw new EngineError("data-corrupt", "the engine's answer has too long a head");
    }
  }
}
