import { expect, test } from "bun:test";
import { logPolicy, requireReadableLog } from "./index.ts";

const container = {
  id: "0123456789abcdef".repeat(4), name: "web", config: { Env: ["A=1", "AB=x=y", "C"], Image: "busybox", Labels: { tier: "front", team: "b", other: "c" } },
};

test("logPolicy: json-file is the default, and local keeps the same file", () => {
  expect(logPolicy({ Type: "", Config: null }, container)).toEqual({ driver: "json-file", writes: true, attributes: {} });
  expect(logPolicy({ Type: "local", Config: {} }, container)).toEqual({ driver: "local", writes: true, attributes: {} });
});

test("logPolicy: none writes nothing and cannot be read", () => {
  const policy = logPolicy({ Type: "none", Config: null }, container);
  expect(policy.writes).toBe(false);
  expect(() => { requireReadableLog(policy); }).toThrow("configured logging driver does not support reading");
});

test("logPolicy: labels, variables and a tag become attributes", () => {
  const options = { labels: "tier,none", "labels-regex": "^te", env: "C", "env-regex": "B$", tag: "{{.Name}}/{{ .ID }}" };
  expect(logPolicy({ Type: "json-file", Config: options }, container).attributes).toEqual({
    tier: "front", team: "b", AB: "x=y", C: "", tag: "web/0123456789ab",
  });
});

test.each([
  [{ Type: "json-file", Config: { colour: "red" } }, "unknown log opt 'colour' for json-file log driver"],
  [{ Type: "local", Config: { colour: "red" } }, "unknown log opt 'colour' for log driver local"],
  [{ Type: "paper", Config: null }, "logger: no log driver named 'paper' is registered"],
  [{ Type: "syslog", Config: null }, "the log driver syslog is not supported yet"],
  [{ Type: "", Config: { tag: "{{upper .Name}}" } }, "the log tag {{upper .Name}} is not supported yet"],
  [{ Type: "", Config: { "env-regex": "(" } }, "error parsing regexp: ("],
])("logPolicy refuses %j", (config, text) => {
  expect(() => logPolicy(config, container)).toThrow(text);
});
