import { expect, test } from "bun:test";
import { completeLogConfig, logPolicy, requireReadableLog, requireUsableLog } from "./index.ts";

const container = {
  id: "0123456789abcdef".repeat(4), name: "web", config: { Env: ["A=1", "AB=x=y", "C"], Image: "busybox", Labels: { tier: "front", team: "b", other: "c" } },
};

test("logPolicy: json-file is the default, and both keep a hundred megabytes where nothing is said", () => {
  const limits = { maxSize: 20_000_000, maxFiles: 5, compress: true };
  expect(logPolicy({ Type: "", Config: null }, container)).toEqual({ driver: "json-file", writes: true, isReadable: true, limits, attributes: {}, tag: "0123456789ab" });
  expect(logPolicy({ Type: "local", Config: {} }, container)).toEqual({ driver: "local", writes: true, isReadable: true, limits, attributes: {}, tag: "0123456789ab" });
});

test.each([
  [{ Type: "json-file", Config: { "max-size": "10k" } }, { maxSize: 10_000, maxFiles: 1, compress: false }],
  [{ Type: "json-file", Config: { "max-size": "1m", "max-file": "3", compress: "true" } }, { maxSize: 1_000_000, maxFiles: 3, compress: true }],
  [{ Type: "json-file", Config: { "max-file": "2" } }, { maxSize: 20_000_000, maxFiles: 2, compress: false }],
  [{ Type: "local", Config: { "max-size": "64" } }, { maxSize: 64, maxFiles: 5, compress: true }],
  [{ Type: "local", Config: { "max-file": "1", compress: "false" } }, { maxSize: 20_000_000, maxFiles: 1, compress: false }],
])("logPolicy: the limits of %j", (config, limits) => {
  expect(logPolicy(config, container).limits).toEqual(limits);
});

test("logPolicy: where syslog is, by what it is addressed, and what is kept beside it", () => {
  const target = (address: string, more: Record<string, string> = {}) => {
    const policy = logPolicy({ Type: "syslog", Config: { "syslog-address": address, ...more } }, container);
    return policy.delivery?.kind === "syslog" ? policy.delivery.target : undefined;
  };
  const tls = { authority: "", certificate: "", key: "", verifies: true };
  expect(target("")).toEqual({ kind: "unix", path: undefined, datagrams: "first" });
  expect(target("unixgram:///dev/null")).toEqual({ kind: "unix", path: "/dev/null", datagrams: "only" });
  const absent = logPolicy({ Type: "syslog", Config: { "syslog-address": "unix:///nosuch" } }, container);
  expect(() => { requireUsableLog(absent); }).toThrow("stat /nosuch: no such file or directory");
  expect(target("udp://10.0.0.1")).toEqual({ kind: "udp", host: "10.0.0.1", port: 514 });
  expect(target("tcp://[::1]:99")).toEqual({ kind: "tcp", host: "::1", port: 99 });
  expect(target("tcp+tls://logs.example:6514")).toEqual({ kind: "tls", host: "logs.example", port: 6514, tls });
  expect(target("tcp+tls://x", { "syslog-tls-skip-verify": "true", "syslog-tls-ca-cert": "/ca" })).toMatchObject({ tls: { authority: "/ca", verifies: false } });
  const options = { "syslog-facility": "local3", "cache-max-size": "1k", "cache-disabled": "true", tag: "{{.Name}}", labels: "tier" };
  expect(logPolicy({ Type: "syslog", Config: options }, container)).toMatchObject({
    isReadable: false, limits: { maxSize: 1000, maxFiles: 5 }, tag: "web", attributes: { tier: "front" }, delivery: { facility: 19 * 8, format: "" },
  });
});

test("completeLogConfig: the daemon's options go with its driver only, and under those of the container", () => {
  const defaults = { driver: "local", options: { "max-size": "1m", tag: "x" } };
  expect(completeLogConfig({ Type: "", Config: null }, defaults)).toEqual({ Type: "local", Config: { "max-size": "1m", tag: "x" } });
  expect(completeLogConfig({ Type: "local", Config: { tag: "y" } }, defaults)).toEqual({ Type: "local", Config: { "max-size": "1m", tag: "y" } });
  expect(completeLogConfig({ Type: "none", Config: null }, defaults)).toEqual({ Type: "none", Config: {} });
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
  [{ Type: "paper", Config: null }, 'error looking up logging plugin paper: plugin "paper" not found'],
  [{ Type: "gelf", Config: null }, "the log driver gelf is not supported yet"],
  [{ Type: "syslog", Config: { colour: "red" } }, "unknown log opt 'colour' for syslog log driver"],
  [{ Type: "syslog", Config: { "syslog-address": "foo://x" } }, "syslog-address should be in form proto://address, got foo://x"],
  [{ Type: "syslog", Config: { "syslog-facility": "foo" } }, "invalid syslog facility"],
  [{ Type: "syslog", Config: { "syslog-format": "foo" } }, "Invalid syslog format"],
  [{ Type: "journald", Config: { "syslog-format": "" } }, "unknown log opt 'syslog-format' for journald log driver"],
  [{ Type: "", Config: { tag: "{{upper .Name}}" } }, "the log tag {{upper .Name}} is not supported yet"],
  [{ Type: "", Config: { "max-size": "big" } }, "failed to initialize logging driver: invalid size: 'big'"],
  [{ Type: "", Config: { "max-size": "0" } }, "max-size must be a positive number"],
  [{ Type: "", Config: { "max-file": "0" } }, "max-file cannot be less than 1"],
  [{ Type: "", Config: { "max-file": "x" } }, 'strconv.Atoi: parsing "x": invalid syntax'],
  [{ Type: "", Config: { compress: "true" } }, "compress cannot be true when max-file is less than 2 or max-size is not set"],
  [{ Type: "local", Config: { "max-file": "1" } }, "compression cannot be enabled when max file count is 1"],
  [{ Type: "local", Config: { compress: "maybe" } }, 'strconv.ParseBool: parsing "maybe": invalid syntax'],
  [{ Type: "", Config: { mode: "loud" } }, "logger: logging mode not supported: loud"],
  [{ Type: "", Config: { "max-buffer-size": "1m" } }, "logger: max-buffer-size option is only supported with 'mode=non-blocking'"],
  [{ Type: "", Config: { mode: "non-blocking", "max-buffer-size": "x" } }, "error parsing option max-buffer-size: invalid size: 'x'"],
  [{ Type: "", Config: { "env-regex": "(" } }, "error parsing regexp: ("],
])("logPolicy refuses %j", (config, text) => {
  expect(() => logPolicy(config, container)).toThrow(text);
});
