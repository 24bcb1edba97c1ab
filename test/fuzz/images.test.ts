import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { containerConfig } from "../../src/api/bodies/index.ts";
import { familiarReference, isEngineError, parseImageReference } from "../../src/base/index.ts";
import { applyChanges } from "../../src/engine/image/changes/index.ts";
import { parseImageDocument, parseIndex, parseManifestOrIndex, parseSavedImages } from "../../src/engine/image/document.ts";
import { parseMoment } from "../../src/engine/filter/index.ts";
import { referencePattern } from "../../src/engine/image/reference-pattern.ts";
import { Dice, mutate } from "./mutate.ts";

const rounds = 4_000;
const patience = 120_000;

function corpus(name: string): [string, ...string[]] {
  const [first = "", ...rest] = readFileSync(join(import.meta.dir, "corpus", name), "utf8").trimEnd().split("\n");
  return [first, ...rest];
}

/** Gives `target` the corpus and texts near it: it takes them, or refuses them as an argument. @returns how many it took */
function fuzz(name: string, seed: number, target: (text: string) => void): number {
  const texts = corpus(name);
  const dice = new Dice(seed);
  let taken = 0;
  for (let round = 0; round < rounds; round += 1) {
    const text = round < texts.length ? texts[round] ?? "" : mutate(dice.pick(texts), dice.pick(texts), dice);
    try {
      target(text);
      taken += 1;
    } catch (error) {
      if (!isEngineError(error, "invalid-argument") && !isEngineError(error, "unsupported")) throw new Error(`${name}, seed ${seed}, input ${JSON.stringify(text)}`, { cause: error });
    }
  }
  return taken;
}

test("references: what is taken is short, has no way up in it, and reads the same again", () => {
  const taken = fuzz("references.txt", 11, (text) => {
    const reference = parseImageReference(text);
    expect(parseImageReference(familiarReference(reference))).toEqual(reference);
    expect(`/${reference.domain}/${reference.path}/`).not.toMatch(/\/\.{0,2}\/|[\0\s\\]/);
    expect(reference.path.length).toBeLessThan(256);
  });
  expect(taken).toBeGreaterThan(100);
}, patience);

test("image documents: whatever stands there becomes typed values, or is refused", () => {
  const parsers = [parseImageDocument, parseManifestOrIndex, parseIndex, parseSavedImages];
  for (const [i, parse] of parsers.entries()) {
    const taken = fuzz("image-documents.txt", 21 + i, (text) => { parse(Buffer.from(text)); });
    expect(taken).toBeGreaterThan(5);
  }
}, patience);

test("image documents: the digests of a configuration are digests", () => {
  fuzz("image-documents.txt", 31, (text) => {
    for (const digest of parseImageDocument(Buffer.from(text)).diffIds) expect(digest).toMatch(/^(?:sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128})$/);
  });
}, patience);

test("changes, patterns and moments are taken or refused", () => {
  expect(fuzz("changes.txt", 41, (text) => { applyChanges(containerConfig(undefined, ""), [text]); })).toBeGreaterThan(100);
  const reference = parseImageReference("reg.example/a/b:1");
  expect(fuzz("patterns.txt", 42, (text) => { referencePattern(text)(reference); })).toBeGreaterThan(100);
  fuzz("references.txt", 43, (text) => { parseMoment(text, 0); });
}, patience);
