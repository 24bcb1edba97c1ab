import type { Flag, FlagValue } from "./flag.ts";

/** The flags of one command line, by name. Asking for a flag that the command does not have is a mistake of the program. */
export class FlagValues {
  readonly #flags: ReadonlyMap<string, Flag>;
  readonly #given = new Map<string, FlagValue>();

  constructor(flags: readonly Flag[]) {
    this.#flags = new Map(flags.map((flag) => [flag.name, flag]));
  }

  set(name: string, value: FlagValue): void {
    this.#given.set(name, value);
  }

  /** Whether it was on the command line, be it with its default. */
  isGiven(name: string): boolean {
    return this.#given.has(name);
  }

  get(name: string): FlagValue {
    const flag = this.#flags.get(name);
    if (flag === undefined) throw new TypeError(`no flag is called ${name}`);
    return this.#given.get(name) ?? flag.absent;
  }

  isOn(name: string): boolean {
    return this.get(name) === true;
  }

  text(name: string): string {
    const value = this.get(name);
    if (typeof value !== "string") throw new TypeError(`--${name} is no text`);
    return value;
  }

  number(name: string): number {
    const value = this.get(name);
    if (typeof value !== "number") throw new TypeError(`--${name} is no number`);
    return value;
  }

  duration(name: string): bigint {
    const value = this.get(name);
    if (typeof value !== "bigint") throw new TypeError(`--${name} is no duration`);
    return value;
  }

  list(name: string): readonly string[] {
    const value = this.get(name);
    if (!isList(value)) throw new TypeError(`--${name} is no list`);
    return value;
  }
}

function isList(value: FlagValue): value is readonly string[] {
  return Array.isArray(value);
}
