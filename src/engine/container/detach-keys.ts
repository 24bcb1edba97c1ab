import { EngineError } from "../../base/index.ts";

/** Ctrl-P, Ctrl-Q. */
const defaultKeys = Uint8Array.of(16, 17);

/**
 * Parses `--detach-keys`: characters and ctrl-<value> with a value of a-z, @, ^, [, \, ] or _, separated by commas.
 * @throws EngineError `invalid-argument`, docker's text
 */
export function parseDetachKeys(text: string | undefined): Uint8Array {
  if (text === undefined || text === "") return defaultKeys;
  return Uint8Array.from(text.split(","), (key) => {
    const code = codeOf(key.toLowerCase());
    if (code === undefined) throw new EngineError("invalid-argument", `Invalid detach keys (${text}) provided: Unknown character: '${key}'`);
    return code;
  });
}

function codeOf(key: string): number | undefined {
  const control = /^ctrl-([a-z@^[\]\\_])$/.exec(key)?.[1];
  if (control !== undefined) return control.toUpperCase().charCodeAt(0) & 0x1f;
  return /^[\x20-\x7e]$/.test(key) ? key.charCodeAt(0) : undefined;
}

export interface FilteredInput {
  /** What goes to the program. */
  readonly bytes: Uint8Array;
  /** The sequence was complete: the client detaches, and what it sent after it is dropped. */
  readonly isDetached: boolean;
}

/** Looks for the detach keys in what a client types. Keys that begin the sequence are held back until it goes on otherwise. */
export class DetachFilter {
  readonly #keys: Uint8Array;
  #matched = 0;

  constructor(keys: Uint8Array) {
    this.#keys = keys;
  }

  take(chunk: Uint8Array): FilteredInput {
    const passed: number[] = [];
    for (const byte of chunk) {
      if (byte !== this.#keys[this.#matched]) {
        passed.push(...this.#keys.subarray(0, this.#matched));
        this.#matched = 0;
      }
      if (byte !== this.#keys[this.#matched]) passed.push(byte);
      else if (++this.#matched === this.#keys.length) return { bytes: Uint8Array.from(passed), isDetached: true };
    }
    return { bytes: passed.length === chunk.length ? chunk : Uint8Array.from(passed), isDetached: false };
  }

  /** What was held back when the input ends. */
  rest(): Uint8Array {
    const held = this.#keys.slice(0, this.#matched);
    this.#matched = 0;
    return held;
  }
}
