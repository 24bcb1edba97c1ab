import { EngineError } from "../../../base/index.ts";

const controls: Readonly<Record<string, number>> = { "@": 0, "[": 27, "\\": 28, "]": 29, "^": 30, "_": 31 };
const standard = "ctrl-p,ctrl-q";

/** The bytes of a key sequence such as `ctrl-p,ctrl-q` or `ctrl-x,x`. @throws EngineError in docker's words. */
export function parseDetachKeys(text: string): Uint8Array {
  const bytes = (text === "" ? standard : text).split(",").map((key) => {
    if (key.length === 1) return key.charCodeAt(0);
    const letter = /^ctrl-(.)$/.exec(key)?.[1] ?? "";
    if (/^[a-z]$/.test(letter)) return letter.charCodeAt(0) - 96;
    const control = controls[letter];
    if (control === undefined) throw new EngineError("invalid-argument", `Unknown character: '${key}'`);
    return control;
  });
  return Uint8Array.from(bytes);
}

/** Looks for the sequence in what is typed, holding back what may be its beginning. */
export class DetachWatcher {
  readonly #keys: Uint8Array;
  #matched = 0;

  constructor(keys: Uint8Array) {
    this.#keys = keys;
  }

  /** What of these bytes is for the program; `detached`: the sequence is complete, and what follows it is dropped. */
  pass(bytes: Uint8Array): { readonly bytes: Uint8Array; readonly detached: boolean } {
    if (this.#keys.length === 0) return { bytes, detached: false };
    const passed: number[] = [];
    for (const byte of bytes) {
      if (byte !== this.#keys[this.#matched]) {
        passed.push(...this.#keys.subarray(0, this.#matched));
        this.#matched = 0;
      }
      if (byte !== this.#keys[this.#matched]) {
        passed.push(byte);
        continue;
      }
      this.#matched += 1;
      if (this.#matched === this.#keys.length) return { bytes: Uint8Array.from(passed), detached: true };
    }
    return { bytes: Uint8Array.from(passed), detached: false };
  }
}
