import { read } from "node:fs";
import type { InputStream, OutputStream, Stdio } from "../command/index.ts";
import { isTerminal, terminalMode, terminalSize } from "./terminal-mode.ts";
import { DescriptorWriter } from "./write-all.ts";

const readSize = 64 * 1024;

/** The standard streams of this process. */
export function processStdio(environment: Readonly<Record<string, string | undefined>>): Stdio {
  // https://no-color.org: any value but none.
  const wantsColour = !environment["NO_COLOR"] && environment["TERM"] !== "dumb";
  return { out: output(1, wantsColour), err: output(2, wantsColour), input: input() };
}

function output(descriptor: 1 | 2, wantsColour: boolean): OutputStream {
  const writer = new DescriptorWriter(descriptor);
  let terminal: boolean | undefined;
  return {
    get isTerminal() {
      terminal ??= isTerminal(descriptor);
      return terminal;
    },
    get hasColour() {
      return wantsColour && this.isTerminal;
    },
    write: (data) => writer.write(data),
    size: () => terminalSize(descriptor),
  };
}

function input(): InputStream {
  let terminal: boolean | undefined;
  return {
    get isTerminal() {
      terminal ??= isTerminal(0);
      return terminal;
    },
    chunks: readChunks,
    makeRaw: () => terminalMode(),
  };
}

/** Reads descriptor 0 on another thread, so that nothing about the description has to be changed. */
async function* readChunks(): AsyncGenerator<Uint8Array, void, undefined> {
  for (;;) {
    const buffer = new Uint8Array(readSize);
    const { promise, resolve, reject } = Promise.withResolvers<number>();
    read(0, buffer, 0, readSize, null, (error, count) => {
      if (error !== null) reject(error);
      else resolve(count);
    });
    let count: number;
    try {
      count = await promise;
    } catch (error) {
      // A terminal whose other end is gone.
      if (error instanceof Error && "code" in error && error.code === "EIO") return;
      throw error;
    }
    if (count === 0) return;
    yield buffer.subarray(0, count);
  }
}
