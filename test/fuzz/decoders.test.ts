import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { containerCreateBody, execCreateBody, volumeCreateBody } from "../../src/api/bodies/index.ts";
import { isArray, isObject, parseJson, type JsonValue } from "../../src/api/decode/index.ts";
import { isEngineError } from "../../src/base/index.ts";
import { decodeQuery } from "../../src/engine/server/decode-request.ts";
import { HttpRefusal } from "../../src/engine/server/http/index.ts";
import { parseRequestHead } from "../../src/engine/server/http/request-head.ts";
import { makeRouter } from "../../src/engine/server/router.ts";
import { Dice, mutate } from "./mutate.ts";

const rounds = 20_000;

function corpus(name: string): [string, ...string[]] {
  const [first, ...rest] = readFileSync(join(import.meta.dir, "corpus", name), "utf8").trimEnd().split("\n").map((line) => line.replaceAll("\\r\\n", "\r\n"));
  return [first ?? "", ...rest];
}

/** Gives `target` the corpus and texts near it; whatever it throws that `isExpected` does not know is the finding. */
function fuzz(name: string, seed: number, target: (text: string) => void, isExpected: (error: unknown) => boolean): number {
  const texts = corpus(name);
  const dice = new Dice(seed);
  let accepted = 0;
  for (let round = 0; round < rounds; round += 1) {
    const text = round < texts.length ? texts[round] ?? "" : mutate(dice.pick(texts), dice.pick(texts), dice);
    try {
      target(text);
      accepted += 1;
    } catch (error) {
      if (!isExpected(error)) throw new Error(`${name}, seed ${seed}, input ${JSON.stringify(text)}`, { cause: error });
    }
  }
  return accepted;
}

const isRefused = (error: unknown): boolean => isEngineError(error, "invalid-argument") || isEngineError(error, "not-found");

function plain(value: JsonValue): unknown {
  if (isArray(value)) return value.map(plain);
  return isObject(value) ? Object.fromEntries([...value].map(([name, item]) => [name, plain(item)])) : value;
}

test("paths and queries are routed and decoded, or refused", () => {
  const router = makeRouter();
  const accepted = fuzz("paths.txt", 1, (text) => {
    const route = router("GET", text);
    decodeQuery(route.operation.query, route.query, route.version);
  }, isRefused);
  expect(accepted).toBeGreaterThan(100);
});

test("what the JSON parser takes, JSON.parse takes alike", () => {
  const accepted = fuzz("bodies.txt", 2, (text) => {
    const value = plain(parseJson(text));
    expect(value).toEqual(JSON.parse(text));
  }, isRefused);
  expect(accepted).toBeGreaterThan(100);
});

test("bodies are decoded, or refused by name", () => {
  const decoders = [containerCreateBody, execCreateBody, volumeCreateBody];
  const accepted = fuzz("bodies.txt", 3, (text) => {
    for (const decode of decoders) decode(parseJson(text), "");
  }, isRefused);
  expect(accepted).toBeGreaterThan(100);
});

test("heads of requests are parsed, or refused with a status", () => {
  const accepted = fuzz("heads.txt", 4, (text) => {
    const { framing, headers } = parseRequestHead(text);
    // Whatever is taken has one reading.
    if (headers.has("content-length") && framing.kind === "chunked") throw new Error("two framings");
  }, (error) => error instanceof HttpRefusal);
  expect(accepted).toBeGreaterThan(100);
});
