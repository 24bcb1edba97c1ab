import { EngineError } from "../../base/index.ts";
import { parseJson } from "../../api/decode/index.ts";
import type { Operation, Parameters, QueryValues } from "../../api/operations/index.ts";
import type { ApiVersion } from "../../api/operations/index.ts";
import type { Exchange } from "./http/index.ts";

/** Larger bodies of JSON are refused whole: none is ever cut off and then believed. */
export const largestJsonBody = 8 * 1024 * 1024;

/** @throws EngineError `invalid-argument` that names the parameter. */
export function decodeQuery<Query extends Parameters>(query: Query, text: string, version: ApiVersion): QueryValues<Query> {
  const given = new URLSearchParams(text);
  const values = Object.entries(query).map(([name, parameter]) => {
    const written = version < (parameter.since ?? 0) ? [] : given.getAll(name);
    return [name, parameter.decode(written, name)] as const;
  });
  // Each value has come from the parameter that gives it its type.
  return Object.fromEntries(values) as QueryValues<Query>;
}

/**
 * The decoded body; undefined where the operation has none or takes it as a stream. One that is not used is not read.
 * @throws EngineError `invalid-argument` for what is no JSON of the right shape, `too-large`.
 */
export async function decodeBody(operation: Operation, exchange: Exchange): Promise<unknown> {
  const { body } = operation;
  if (body.kind !== "json" && body.kind !== "json-then-hijack") return undefined;
  const bytes = await exchange.body.readAll(largestJsonBody);
  if (bytes.length === 0) {
    if (body.kind === "json" && body.required) throw new EngineError("invalid-argument", "invalid JSON: got EOF while reading request body");
    return body.decode(undefined, "");
  }
  checkContentType(exchange.head.headers.get("content-type"));
  return body.decode(parseJson(decodeText(bytes)), "");
}

function checkContentType(value: string | undefined): void {
  const type = value?.split(";")[0]?.trim().toLowerCase() ?? "";
  if (type === "application/json") return;
  throw new EngineError("invalid-argument", `unsupported Content-Type header (${type.slice(0, 80)}): must be 'application/json'`);
}

function decodeText(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (error) {
    throw new EngineError("invalid-argument", "invalid JSON: the body is no UTF-8", { cause: error });
  }
}
