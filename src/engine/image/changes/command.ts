/** A command of a Dockerfile: a JSON list of words as it is, anything else as a line for the shell. */
export function parseCommand(rest: string): readonly string[] {
  if (rest === "") return [];
  return parseWordList(rest) ?? ["/bin/sh", "-c", rest];
}

function parseWordList(text: string): readonly string[] | undefined {
  if (!text.startsWith("[")) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // As in docker: what only looks like a list is a command line that begins with a bracket.
    return undefined;
  }
  return Array.isArray(value) && value.every((word) => typeof word === "string") ? value : undefined;
}
