import { expect, test } from "bun:test";
import * as parameters from "./parameter.ts";
import { containerFilters, imageFilters, volumePruneFilters } from "./filter-parameters.ts";
import { parseApiVersion } from "./version.ts";

test.each([["", false], ["0", false], ["no", false], ["False", false], [" none ", false], ["1", true], ["true", true], ["yes", true], ["2", true]])(
  "flag %p is %p, as docker reads it", (text, value) => {
    expect(parameters.flag.decode([text], "all")).toBe(value);
  },
);

test("integer: absent and empty are nothing, all else is a number in range or refused by name", () => {
  const parameter = parameters.integer(0, 100);
  expect(parameter.decode([], "h")).toBeUndefined();
  expect(parameter.decode([""], "h")).toBeUndefined();
  expect(parameter.decode(["42"], "h")).toBe(42);
  for (const text of ["4.2", "x", "-1", "101", "0x10", "1e1", " 1", "9".repeat(30)]) expect(() => parameter.decode([text], "h")).toThrow("for h");
  expect(() => parameters.required(parameter).decode([], "h")).toThrow("missing parameter h");
});

test.each([
  ["1", 1_000_000_000n], ["1.5", 1_500_000_000n], ["1700000000.123456789", 1_700_000_000_123_456_789n], ["-1.5", -1_500_000_000n],
  ["0", undefined], ["", undefined], ["1.1234567891", 1_123_456_789n],
])("timestamp %p", (text, value) => {
  expect(parameters.timestamp.decode([text], "since")).toBe(value);
});

test("timestamp: what is no number is refused, and what was written comes back", () => {
  expect(() => parameters.timestamp.decode(["yesterday"], "since")).toThrow('invalid value "yesterday" for since');
  for (const value of [1n, 1_500_000_000n, -1_500_000_000n]) expect(parameters.timestamp.decode(parameters.timestamp.encode(value), "since")).toBe(value);
});

test("tail", () => {
  expect(parameters.tail.decode(["all"], "tail")).toBeUndefined();
  expect(parameters.tail.decode(["-1"], "tail")).toBeUndefined();
  expect(parameters.tail.decode(["0"], "tail")).toBe(0);
  expect(parameters.tail.decode(["some"], "tail")).toBeUndefined();
});

test("platforms as text and as JSON", () => {
  expect(parameters.platformText.decode(["linux/arm64/v8"], "platform")).toEqual({ os: "linux", architecture: "arm64", variant: "v8" });
  expect(() => parameters.platformText.decode(["a/b/c/d"], "platform")).toThrow("platform");
  expect(parameters.platformJson.decode(['{"os":"linux","architecture":"amd64"}'], "platform")).toEqual({ os: "linux", architecture: "amd64" });
  expect(() => parameters.platformJson.decode(["{}"], "platform")).toThrow("platform");
  expect(parameters.platformText.decode(parameters.platformText.encode({ os: "linux", architecture: "amd64" }), "")).toEqual({ os: "linux", architecture: "amd64" });
});

test("filters: both forms that clients write", () => {
  expect(containerFilters.decode(['{"status":["running","exited"],"label":["a=b"]}'], "filters")).toEqual(new Map([["status", ["running", "exited"]], ["label", ["a=b"]]]));
  expect(containerFilters.decode(['{"status":{"running":true,"exited":false}}'], "filters")).toEqual(new Map([["status", ["running"]]]));
  for (const text of ["", "{}", "null", '{"label":null}', '{"label":[]}']) expect(containerFilters.decode([text], "filters").size).toBe(0);
  const given = new Map([["reference", ["a", "b"]]] as const);
  expect(imageFilters.decode(imageFilters.encode(given), "filters")).toEqual(given);
});

test.each([
  ['{"foo":["x"]}', "invalid filter 'foo'"],
  ['{"constructor":["x"]}', "invalid filter 'constructor'"],
  ['{"status":["sleepy"]}', "invalid filter 'status=sleepy'"],
  ['{"exited":["a"]}', "invalid filter 'exited=a'"],
  ['{"status":"running"}', "invalid filters: want a list of values for status"],
  ['{"status":[1]}', "invalid filters: the values of status have to be strings"],
  ['{"status":{"running":1}}', "invalid filters: status has to map values to true"],
  ["[]", "invalid filters: want an object"],
  ["{", "invalid JSON: unexpected end of JSON input"],
])("filters that are wrong: %s", (text, message) => {
  expect(() => containerFilters.decode([text], "filters")).toThrow(message);
});

test("filters: each operation has its own", () => {
  expect(() => volumePruneFilters.decode(['{"status":["running"]}'], "filters")).toThrow("invalid filter 'status'");
  expect(() => imageFilters.decode(['{"dangling":["maybe"]}'], "filters")).toThrow("invalid filter 'dangling=[maybe]'");
});

test.each([
  ["1.99", "client version 1.99 is too new. Maximum supported API version is 1.50"],
  ["2.0", "client version 2.0 is too new. Maximum supported API version is 1.50"],
  ["1.10", "client version 1.10 is too old. Minimum supported API version is 1.24, please upgrade your client to a newer version"],
  ["0.9", "too old"],
  ["1", "invalid API version"],
  ["1.2.3", "invalid API version"],
  ["1.99999999999", "invalid API version"],
])("version %s is refused", (text, message) => {
  expect(() => parseApiVersion(text)).toThrow(message);
});

test("versions that are spoken", () => {
  expect([parseApiVersion("1.24"), parseApiVersion("1.50")]).toEqual([24, 50]);
});
