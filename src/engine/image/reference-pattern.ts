import { EngineError, familiarReference, type ImageReference } from "../../base/index.ts";

/**
 * A pattern of the `reference` filter, as docker matches it: against the short name alone and against the name with its
 * tag or digest, where `*` and `?` do not match a slash.
 * @throws EngineError `invalid-argument` for a range that does not end
 */
export function referencePattern(pattern: string): (reference: ImageReference) => boolean {
  const expression = globExpression(pattern);
  return (reference) => {
    const { domain, path } = reference;
    return expression.test(familiarReference({ domain, path })) || expression.test(familiarReference(reference));
  };
}

function globExpression(pattern: string): RegExp {
  let source = "";
  for (let at = 0; at < pattern.length; at++) {
    const letter = pattern.charAt(at);
    if (letter === "*") source += "[^/]*";
    else if (letter === "?") source += "[^/]";
    else if (letter === "[") {
      const range = /^\[(\^?)((?:\\.|[^\]\\])+)\]/.exec(pattern.slice(at));
      if (range === null) throw malformed(pattern);
      source += `[${range[1] ?? ""}${(range[2] ?? "").replace(/[[^]/g, "\\$&")}]`;
      at += range[0].length - 1;
    } else if (letter === "\\") {
      at += 1;
      if (at === pattern.length) throw malformed(pattern);
      source += literal(pattern.charAt(at));
    } else source += literal(letter);
  }
  try {
    return new RegExp(`^${source}$`, "u");
  } catch (error) {
    throw malformed(pattern, error);
  }
}

function literal(letter: string): string {
  return letter.replace(/[$()*+./?[\\\]^{|}]/g, "\\$&");
}

function malformed(pattern: string, cause?: unknown): EngineError {
  return new EngineError("invalid-argument", `syntax error in pattern ${JSON.stringify(pattern.slice(0, 200))}`, { cause });
}
