import { expect, test } from "bun:test";
import { parseJson, type JsonValue } from "./index.ts";
import { isArray, isObject } from "./decoder.ts";

function plain(value: JsonValue): unknown {
  if (isArray(value)) return value.map(plain);
  return isObject(value) ? Object.fromEntries([...value].map(([name, item]) => [name, plain(item)])) : value;
}

test.each([
  "null", "true", " [1, -2.5e3, \"a\"] ", '{"a":{"b":[{}]},"":0}', '"\\u00e9\\n\\"\\\\\\/"', "[]", "{}", "0", "-0.5", '{"__proto__":1,"constructor":2}',
  '"\\ud83d\\ude00"', "[[[[]]]]", '{"a":"\\\\"}',
])("parseJson agrees with JSON.parse on %p", (text) => {
  expect(plain(parseJson(text))).toEqual(JSON.parse(text));
});

test.each([
  ["", "unexpected end of JSON input"],
  ["{", "unexpected end"],
  ['{"a":1,}', "where a name in quotes is due"],
  ["[1,]", "where a value is due"],
  ["01", "after the document"],
  ["1 2", "after the document"],
  ["{'a':1}", "where a name in quotes is due"],
  ['"a', "does not end"],
  ['"\n"', "control character"],
  ['"\\x"', "unknown escape"],
  ['"\\', "does not end"],
  ["nul", "where a value is due"],
  ["NaN", "where a value is due"],
  ["1e999", "too large"],
  ["[".repeat(200), "nested more than"],
  ['{"a":1,"a":2}', '"a" is given twice'],
  ['{"a":{"b":1,"b":1}}', '"b" is given twice'],
])("parseJson refuses %p", (text, reason) => {
  expect(() => parseJson(text)).toThrow(reason);
});
