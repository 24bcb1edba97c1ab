import type { Stdio } from "../command/index.ts";
import { errorText } from "./error-text.ts";

export interface EachOptions {
  /** Some at a time; docker's own order is that of the names. */
  readonly isParallel?: boolean;
}

/**
 * Does something to each name and prints the name, or what `work` resolves with; goes on after a failure and prints what
 * went wrong at the end. Resolves with the names that failed.
 */
export async function reportEach(
  io: Stdio, names: readonly string[], options: EachOptions & { readonly work: (name: string) => Promise<string> },
): Promise<readonly string[]> {
  const failed: string[] = [];
  const problems: string[] = [];
  const outcomes = names.map((name) => () => options.work(name).then((text) => ({ text }), (error: unknown) => ({ error })));
  const begun = options.isParallel === true ? outcomes.map((begin) => begin()) : [];
  for (const [index, begin] of outcomes.entries()) {
    const outcome = await (begun[index] ?? begin());
    if ("text" in outcome) {
      if (outcome.text !== "") await io.out.write(`${outcome.text}\n`);
      continue;
    }
    failed.push(names[index] ?? "");
    problems.push(errorText(outcome.error));
  }
  if (problems.length > 0) await io.err.write(`${problems.join("\n")}\n`);
  return failed;
}
