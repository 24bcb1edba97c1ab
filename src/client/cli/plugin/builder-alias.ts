import { CommandFailure } from "../command/index.ts";
import { isObject } from "../config-file/index.ts";

const allowed = "builder";

/** Lines that mean the builder, by what stands in its place where `aliases` of config.json names a plugin for it. */
const meanings: readonly (readonly [line: string, rest: readonly string[]])[] = [["image build", ["build"]], ["builder", []], ["build", ["build"]]];

/**
 * The command's words with the builder's plugin in front, where config.json has `"aliases": {"builder": "buildx"}` and
 * they mean the builder; undefined for all others.
 * @throws CommandFailure for an alias that docker does not allow.
 */
export function builderAlias(file: Readonly<Record<string, unknown>>, words: readonly string[], isBuiltIn: (name: string) => boolean): readonly string[] | undefined {
  const aliases = file["aliases"];
  if (!isObject(aliases)) return undefined;
  for (const name of Object.keys(aliases)) {
    if (name !== allowed) throw new CommandFailure(1, `not allowed to alias ${JSON.stringify(name)} (allowed: map[string]struct {}{"builder":struct {}{}})`);
  }
  const target = aliases[allowed];
  if (typeof target !== "string" || target === "") return undefined;
  if (isBuiltIn(target)) throw new CommandFailure(1, `not allowed to alias with builtin ${JSON.stringify(target)} as target`);
  for (const [line, rest] of meanings) {
    const length = line.split(" ").length;
    if (words.slice(0, length).join(" ") === line) return [target, ...rest, ...words.slice(length)];
  }
  return undefined;
}
