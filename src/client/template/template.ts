import { runTemplate, type MissingKey } from "./evaluate.ts";
import { functions, headingFunctions } from "./functions.ts";
import { parseTemplate } from "./parser.ts";
import { asEngineError } from "./template-error.ts";
import type { Value } from "./value.ts";

export interface Template {
  /** @throws EngineError `invalid-argument` in docker's words. */
  run(data: Value, options?: { readonly missingKey?: MissingKey }): string;
  /** The line above the table: the same template on the columns' headings. */
  heading(headings: Value): string;
}

const names: ReadonlySet<string> = new Set([...Object.keys(functions)]);

/**
 * Compiles a template of `--format`: Go's text/template with the functions that docker adds.
 * @throws EngineError `invalid-argument` in docker's words.
 */
export function compileTemplate(text: string): Template {
  const parsed = translated(() => parseTemplate(text, names));
  return {
    run: (data, options = {}) => translated(() => runTemplate(parsed, data, options)),
    heading: (headings) => translated(() => runTemplate(parsed, headings, { functions: headingFunctions })),
  };
}

function translated<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw asEngineError(error);
  }
}
