import { randomInt } from "node:crypto";
import { EngineError } from "../../base/index.ts";

const adjectives = [
  "able", "airy", "amber", "ample", "awake", "azure", "bold", "brave", "breezy", "bright", "brisk", "busy", "calm", "candid", "cheery", "civil",
  "clear", "clever", "cosy", "crisp", "curious", "daring", "deft", "eager", "early", "earnest", "easy", "fair", "fleet", "fond", "frank", "fresh",
  "gentle", "glad", "golden", "grand", "hardy", "honest", "humble", "jolly", "keen", "kind", "lively", "lucid", "lucky", "mellow", "merry",
  "mild", "modest", "neat", "nimble", "noble", "patient", "plain", "proud", "quick", "quiet", "rapid", "ready", "robust", "rosy", "serene",
  "sharp", "silent", "smart", "snug", "sober", "steady", "stoic", "sunny", "swift", "tidy", "true", "vivid", "warm", "wise", "witty", "zesty",
] as const;

/** People of shipping, harbours and engineering. */
const surnames = [
  "amundsen", "barents", "bazalgette", "beaufort", "bering", "brunel", "cabot", "cartier", "cayley", "cierva", "colt", "cousteau", "dampier",
  "darby", "davis", "drake", "earhart", "eads", "ericsson", "erikson", "fitzroy", "flinders", "franklin", "frobisher", "froude", "fulton",
  "germain", "goodricke", "harrison", "hawkins", "holland", "hudson", "jansz", "jessop", "kaplan", "laeisz", "laplace", "macadam", "magellan",
  "maury", "mclean", "mercator", "nansen", "navier", "nobel", "parsons", "pelton", "plimsoll", "ptolemy", "pytheas", "rankine", "rennie", "ross",
  "scoresby", "shackleton", "smeaton", "stephenson", "stevin", "tasman", "telford", "trevithick", "vespucci", "watt", "zheng",
] as const;

/** A name that is not taken yet: two words, and after some tries with a digit, as docker makes them up. */
export function makeName(isTaken: (name: string) => boolean): string {
  for (let attempt = 0; attempt < 6; attempt++) {
    const name = `${pick(adjectives)}_${pick(surnames)}${attempt === 0 ? "" : String(randomInt(10))}`;
    if (!isTaken(name)) return name;
  }
  // With so many containers no pair of words is free for long.
  return `${pick(adjectives)}_${pick(surnames)}_${randomInt(2 ** 40).toString(36)}`;
}

function pick(words: readonly string[]): string {
  return words[randomInt(words.length)] ?? "";
}

/**
 * @param shown in the error, as docker does with a slash before the new name of a rename
 * @throws EngineError `invalid-argument`, docker's text
 */
export function validateName(name: string, shown = name): void {
  if (!/^[a-zA-Z0-9][a-zA-Z0-9_.-]+$/.test(name)) {
    throw new EngineError("invalid-argument", `Invalid container name (${shown}), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed`);
  }
}
