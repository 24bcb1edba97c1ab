/** Numbers that are the same in every run (a xorshift generator), so that a failure can be seen again. */
export class Dice {
  private state: number;

  constructor(seed: number) {
    this.state = seed | 1;
  }

  /** A whole number from 0 to below `sides`. */
  roll(sides: number): number {
    this.state ^= this.state << 13;
    this.state ^= this.state >>> 17;
    this.state ^= this.state << 5;
    return (this.state >>> 0) % sides;
  }

  pick<T>(items: readonly [T, ...T[]]): T {
    return items[this.roll(items.length)] ?? items[0];
  }
}

const pieces = [
  "\0", "%", "%00", "%zz", '"', "\\", "{", "}", "[", "]", ",", ":", "/", "..", "?", "&", "=", "\r\n", "\n", " ", "\t", "-1", "0", "1e999", "null", "true",
  "\u{1f600}", "\ud800", "__proto__", "9".repeat(25), "a".repeat(300), "[".repeat(150), ";", "HTTP/1.1", "v1.24",
] as const;

/** A text near `text`: pieces inserted, cut out, doubled or joined to another's. */
export function mutate(text: string, other: string, dice: Dice): string {
  let result = text;
  for (let times = dice.roll(4); times >= 0; times -= 1) {
    const at = dice.roll(result.length + 1);
    const end = Math.min(result.length, at + dice.roll(8));
    const change = dice.roll(5);
    if (change === 0) result = result.slice(0, at) + dice.pick(pieces) + result.slice(at);
    else if (change === 1) result = result.slice(0, at) + result.slice(end);
    else if (change === 2) result = result.slice(0, end) + result.slice(at);
    else if (change === 3) result = result.slice(0, at) + other.slice(dice.roll(other.length + 1));
    else result = result.slice(0, at) + String.fromCharCode(dice.roll(256)) + result.slice(at + 1);
  }
  return result;
}
