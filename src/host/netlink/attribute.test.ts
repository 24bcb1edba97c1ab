import { expect, test } from "bun:test";
import { be16, bytes, decodeAttributes, encodeAttributes, listAttributes, nested, text, u32, u8 } from "./attribute.ts";

test("an attribute is its length, its type and its value, filled up to four bytes", () => {
  expect(encodeAttributes([text(3, "eth0"), u8(7, 9)]).toString("hex")).toBe("09000300" + "6574683000000000" + "05000700" + "09000000");
});

test("a nested one says so and holds others", () => {
  const encoded = encodeAttributes([nested(18, [u32(1, 0x01020304), be16(2, 80)])]);
  expect(encoded.toString("hex")).toBe("14001280" + "0800010004030201" + "06000200" + "00500000");
  const inside = decodeAttributes(decodeAttributes(encoded).get(18) ?? Buffer.alloc(0));
  expect(inside.get(1)?.readUInt32LE()).toBe(0x01020304);
  expect(inside.get(2)?.readUInt16BE()).toBe(80);
});

test("a list keeps its order and its doubles", () => {
  const encoded = encodeAttributes([bytes(1, Uint8Array.of(1)), bytes(1, Uint8Array.of(2, 3))]);
  expect(listAttributes(encoded).map(({ value }) => [...value])).toEqual([[1], [2, 3]]);
});

test("a length that cannot be ends the reading, wherever the data is cut", () => {
  const encoded = encodeAttributes([text(3, "wharf0"), nested(18, [u32(1, 1)]), u8(4, 1)]);
  for (let end = 0; end <= encoded.length; end++) {
    for (const { value } of listAttributes(encoded.subarray(0, end))) expect(value.length).toBeLessThanOrEqual(end);
  }
  expect(listAttributes(Buffer.from("0000010041414141", "hex"))).toEqual([]);
});
