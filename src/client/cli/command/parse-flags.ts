import { EngineError, isEngineError } from "../../../base/index.ts";
import { FlagValues } from "./flag-values.ts";
import type { Flag } from "./flag.ts";

export interface ParsedLine {
  readonly flags: FlagValues;
  readonly args: readonly string[];
  /** `--help` or, where nothing else is called so, `-h` was there: nothing after it counts. */
  readonly wantsHelp: boolean;
}

export interface ParseOptions {
  /** False: the first argument that is no flag ends the flags, as the image does for `run`. */
  readonly isInterspersed?: boolean;
}

interface Cursor {
  readonly words: readonly string[];
  at: number;
}

const help = Symbol("help");

/**
 * Reads flags as docker does (POSIX and GNU forms): `--name=value`, `--name value`, `-it`, `-p80:80`, `-p=80:80`, `--` ends them.
 * @throws EngineError `invalid-argument` in docker's words.
 */
export function parseFlags(words: readonly string[], flags: readonly Flag[], options: ParseOptions = {}): ParsedLine {
  const values = new FlagValues(flags);
  const args: string[] = [];
  const cursor: Cursor = { words, at: 0 };
  const reader = new FlagReader(flags, values);
  while (cursor.at < words.length) {
    const word = words[cursor.at++] ?? "";
    if (word === "--") {
      args.push(...words.slice(cursor.at));
      break;
    }
    if (word === "-" || !word.startsWith("-")) {
      args.push(word);
      if (options.isInterspersed !== false) continue;
      args.push(...words.slice(cursor.at));
      break;
    }
    const outcome = word.startsWith("--") ? reader.long(word, cursor) : reader.shorts(word, cursor);
    if (outcome === help) return { flags: values, args, wantsHelp: true };
  }
  return { flags: values, args, wantsHelp: false };
}

class FlagReader {
  readonly #byName: ReadonlyMap<string, Flag>;
  readonly #byShort: ReadonlyMap<string, Flag>;
  readonly #values: FlagValues;

  constructor(flags: readonly Flag[], values: FlagValues) {
    this.#byName = new Map(flags.map((flag) => [flag.name, flag]));
    this.#byShort = new Map(flags.flatMap((flag) => (flag.short === undefined ? [] : [[flag.short, flag]])));
    this.#values = values;
  }

  long(word: string, cursor: Cursor): typeof help | undefined {
    const equals = word.indexOf("=");
    const name = word.slice(2, equals < 0 ? undefined : equals);
    if (name === "" || name.startsWith("-") || name.startsWith("=")) throw wrong(`bad flag syntax: ${word}`);
    const flag = this.#byName.get(name);
    if (flag === undefined) {
      if (name === "help") return help;
      throw wrong(`unknown flag: --${name}`);
    }
    if (equals >= 0) this.#set(flag, word.slice(equals + 1));
    else if (flag.alone !== undefined) this.#set(flag, flag.alone);
    else this.#set(flag, next(cursor, `flag needs an argument: --${name}`));
    return undefined;
  }

  shorts(word: string, cursor: Cursor): typeof help | undefined {
    for (let at = 1; at < word.length; at += 1) {
      const letter = word.charAt(at);
      const rest = word.slice(at + 1);
      const flag = this.#byShort.get(letter);
      if (flag === undefined) {
        if (letter === "h") return help;
        throw wrong(`unknown shorthand flag: '${letter}' in ${word}`);
      }
      if (rest.startsWith("=")) {
        this.#set(flag, rest.slice(1));
        return undefined;
      }
      if (flag.alone !== undefined) {
        this.#set(flag, flag.alone);
        continue;
      }
      this.#set(flag, rest !== "" ? rest : next(cursor, `flag needs an argument: '${letter}' in ${word}`));
      return undefined;
    }
    return undefined;
  }

  #set(flag: Flag, text: string): void {
    try {
      this.#values.set(flag.name, flag.read(text, this.#values.get(flag.name)));
    } catch (error) {
      if (!isEngineError(error)) throw error;
      const named = flag.short === undefined ? `--${flag.name}` : `-${flag.short}, --${flag.name}`;
      throw wrong(`invalid argument ${JSON.stringify(text)} for "${named}" flag: ${error.message}`, error);
    }
  }
}

function next(cursor: Cursor, message: string): string {
  const word = cursor.words[cursor.at++];
  if (word === undefined) throw wrong(message);
  return word;
}

function wrong(message: string, cause?: unknown): EngineError {
  return new EngineError("invalid-argument", message, cause === undefined ? {} : { cause });
}
