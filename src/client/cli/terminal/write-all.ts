import { closeSync, openSync, writeSync } from "node:fs";
import { OutputClosed } from "../command/index.ts";

/**
 * Writes to a descriptor by hand: Bun.write would cut an appended file off, and process.stdout would make a shared pipe
 * non-blocking. A write waits until the reader takes it, which is all the backpressure that output needs.
 */
export class DescriptorWriter {
  #descriptor: number;
  #isOwn = false;

  constructor(descriptor: number) {
    this.#descriptor = descriptor;
  }

  async write(data: string | Uint8Array): Promise<void> {
    const bytes = typeof data === "string" ? Buffer.from(data) : data;
    let done = 0;
    while (done < bytes.length) {
      try {
        done += writeSync(this.#descriptor, bytes, done, bytes.length - done);
      } catch (error) {
        const code = error instanceof Error && "code" in error ? error.code : undefined;
        if (code === "EPIPE") throw new OutputClosed("the reader of the output is gone", { cause: error });
        if (code === "EINTR") continue;
        if (code !== "EAGAIN") throw error;
        if (!this.#reopen()) {
          await this.#writeWhenReady(bytes.subarray(done));
          return;
        }
      }
    }
  }

  /** Somebody who shares the description has made it non-blocking; one of our own blocks again. */
  #reopen(): boolean {
    if (this.#isOwn) return false;
    try {
      this.#descriptor = openSync(`/proc/self/fd/${this.#descriptor}`, "w");
    } catch {
      // A socket has no path to be opened by.
      return false;
    }
    this.#isOwn = true;
    return true;
  }

  async #writeWhenReady(bytes: Uint8Array): Promise<void> {
    const { Socket } = await import("node:net");
    const socket = new Socket({ fd: this.#descriptor, writable: true, readable: false });
    const { promise, resolve, reject } = Promise.withResolvers<undefined>();
    socket.on("error", reject);
    socket.write(bytes, (error) => { if (error) reject(error); else resolve(undefined); });
    await promise;
  }

  close(): void {
    if (this.#isOwn) closeSync(this.#descriptor);
  }
}
