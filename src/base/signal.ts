import { EngineError } from "./engine-error.ts";

/** A signal of Linux, with its name as kill(1) has it. */
export interface Signal {
  readonly name: string;
  readonly number: number;
}

/** Names by number from 1, the same on x86_64 and aarch64 (signal(7)). */
const names = [
  "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV", "USR2", "PIPE", "ALRM", "TERM", "STKFLT", "CHLD", "CONT",
  "STOP", "TSTP", "TTIN", "TTOU", "URG", "XCPU", "XFSZ", "VTALRM", "PROF", "WINCH", "IO", "PWR", "SYS",
] as const;
const otherNames: ReadonlyMap<string, number> = new Map([["IOT", 6], ["CLD", 17], ["POLL", 29], ["UNUSED", 31]]);

const firstRealTime = 34;
const lastRealTime = 64;

/**
 * Parses what `kill` and `stop` take: a number, a name with or without SIG in any case, RTMIN+n, RTMAX-n.
 * @throws EngineError `invalid-argument`, "Invalid signal: …"
 */
export function parseSignal(text: string): Signal {
  const number = /^\d{1,3}$/.test(text) ? Number(text) : numberOf(text.toUpperCase().replace(/^SIG/, ""));
  if (number === undefined || number < 1 || number > lastRealTime) throw new EngineError("invalid-argument", `Invalid signal: ${text}`);
  return { name: signalName(number), number };
}

/** "KILL", "RTMIN+3"; a number for one that has no name. */
export function signalName(number: number): string {
  const name = names[number - 1];
  if (name !== undefined) return name;
  return number >= firstRealTime ? `RTMIN+${number - firstRealTime}`.replace("+0", "") : String(number);
}

function numberOf(name: string): number | undefined {
  const known = names.findIndex((spelling) => spelling === name) + 1 || otherNames.get(name);
  if (known !== undefined) return known;
  const [, base, sign = "+", distance = "0"] = /^RT(MIN|MAX)(?:([+-])(\d{1,2}))?$/.exec(name) ?? [];
  if (base === undefined || (base === "MIN") !== (sign === "+") && distance !== "0") return undefined;
  const number = base === "MIN" ? firstRealTime + Number(distance) : lastRealTime - Number(distance);
  return number >= firstRealTime && number <= lastRealTime ? number : undefined;
}
