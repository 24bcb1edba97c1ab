import { EngineError } from "../../base/index.ts";

const frameMagic = 0xfd2fb528;
const skippableMagic = 0x184d2a50;
const dictionaryIdSizes = [0, 1, 2, 4] as const;

type Step = "magic" | "descriptor" | "block" | "skippable";

const stepLength: Readonly<Record<Step, number>> = { magic: 4, descriptor: 1, block: 3, skippable: 4 };

/**
 * Passes zstd data on and follows its frames (RFC 8878, section 3), since the decompressor takes data that ends within
 * a frame, or with something else behind it, for whole.
 * @throws EngineError `invalid-argument`
 */
export async function* checkedFrames(stream: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const walker = new FrameWalker();
  for await (const piece of stream) {
    walker.feed(piece);
    yield piece;
  }
  walker.end();
}

class FrameWalker {
  #step: Step = "magic";
  /** What is there of the step's own bytes. */
  #bytes: number[] = [];
  /** Bytes to pass over before the step. */
  #skip = 0;
  #hasChecksum = false;

  feed(piece: Uint8Array): void {
    for (let at = 0; at < piece.length; ) {
      if (this.#skip > 0) {
        const count = Math.min(this.#skip, piece.length - at);
        this.#skip -= count;
        at += count;
        continue;
      }
      this.#bytes.push(piece[at] ?? 0);
      at += 1;
      if (this.#bytes.length === stepLength[this.#step]) this.#take(Buffer.from(this.#bytes.splice(0)).readUIntLE(0, stepLength[this.#step]));
    }
  }

  end(): void {
    if (this.#step !== "magic" || this.#bytes.length > 0 || this.#skip > 0) throw damaged("it ends in the middle");
  }

  #take(value: number): void {
    switch (this.#step) {
      case "magic":
        if (value !== frameMagic && value - (value % 16) !== skippableMagic) throw damaged("there is something else behind it");
        this.#step = value === frameMagic ? "descriptor" : "skippable";
        return;
      case "skippable":
        this.#skip = value;
        this.#step = "magic";
        return;
      case "descriptor":
        this.#skip = headerRest(value);
        this.#hasChecksum = (value & 4) !== 0;
        this.#step = "block";
        return;
      case "block":
        this.#takeBlock(value);
    }
  }

  #takeBlock(value: number): void {
    const isRunLength = ((value >> 1) & 3) === 1;
    this.#skip = isRunLength ? 1 : value >> 3;
    if ((value & 1) === 0) return;
    if (this.#hasChecksum) this.#skip += 4;
    this.#step = "magic";
  }
}

/** Bytes of a frame's header behind its descriptor. */
function headerRest(descriptor: number): number {
  const isSingle = (descriptor & 0x20) !== 0;
  const sizeFlag = descriptor >> 6;
  const contentSize = sizeFlag === 0 ? Number(isSingle) : 2 ** sizeFlag;
  return Number(!isSingle) + (dictionaryIdSizes[descriptor & 3] ?? 0) + contentSize;
}

function damaged(why: string): EngineError {
  return new EngineError("invalid-argument", `the zstd data is damaged: ${why}`);
}
