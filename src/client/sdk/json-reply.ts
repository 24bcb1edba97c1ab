import { EngineError } from "../../base/index.ts";

const mayHaveLongNumbers = /\d{16}/;

/**
 * Parses JSON from the engine. Integers that a double cannot hold exactly, such as an event's nanoseconds, are bigints.
 * @throws EngineError `data-corrupt`.
 */
export function parseReply(text: string): unknown {
  try {
    return mayHaveLongNumbers.test(text) ? JSON.parse(text, keepExact) : JSON.parse(text);
  } catch (error) {
    throw new EngineError("data-corrupt", `the engine's answer is no JSON: ${JSON.stringify(text.slice(0, 200))}`, { cause: error });
  }
}

function keepExact(this: unknown, _key: string, value: unknown, context?: { readonly source?: string }): unknown {
  if (typeof value !== "number" || Number.isSafeInteger(value)) return value;
  const source = context?.source ?? "";
  return /^-?\d+$/.test(source) ? BigInt(source) : value;
}

/** JSON values one after another, each given out as soon as its line is whole. */
export async function* jsonLines(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string, void, undefined> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const bytes of chunks) {
    const lines = (rest + decoder.decode(bytes, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) if (line.trim() !== "") yield line;
  }
  if (rest.trim() !== "") yield rest;
}
