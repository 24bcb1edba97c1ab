import { EngineError } from "../../../base/index.ts";

/**
 * Splits a line at blanks; quotes keep blanks together and a backslash keeps the next character, as in a Dockerfile.
 * @throws EngineError `invalid-argument` for a quote that does not end
 */
export function splitWords(line: string): string[] {
  const words: string[] = [];
  let word: string | undefined;
  let quote = "";
  for (let at = 0; at < line.length; at++) {
    const letter = line.charAt(at);
    if (quote === "" && /\s/.test(letter)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else if (quote === "" ? letter === '"' || letter === "'" : letter === quote) {
      quote = quote === "" ? letter : "";
      word ??= "";
    } else if (letter === "\\" && quote !== "'" && at + 1 < line.length) {
      at += 1;
      word = (word ?? "") + line.charAt(at);
    } else word = (word ?? "") + letter;
  }
  if (quote !== "") throw new EngineError("invalid-argument", `a quote does not end in ${JSON.stringify(line.slice(0, 80))}`);
  if (word !== undefined) words.push(word);
  return words;
}

/** `name=value name=value`, or the older `name value with blanks`. */
export function parsePairs(instruction: string, rest: string): (readonly [string, string])[] {
  const older = /^([^\s=]+)\s+([^]+)$/.exec(rest);
  if (older?.[1] !== undefined && older[2] !== undefined) return [[older[1], older[2]]];
  const words = splitWords(rest);
  if (words.length === 0) throw new EngineError("invalid-argument", `${instruction} requires at least one argument`);
  return words.map((word) => {
    const equals = word.indexOf("=");
    if (equals < 0) throw new EngineError("invalid-argument", `can't find = in ${JSON.stringify(word.slice(0, 80))}: write ${instruction} name=value`);
    if (equals === 0) throw new EngineError("invalid-argument", `${instruction} names can not be blank`);
    return [word.slice(0, equals), word.slice(equals + 1)];
  });
}
