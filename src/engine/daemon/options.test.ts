import { expect, test } from "bun:test";
import { openLog } from "./log.ts";
import { parseDaemonOptions } from "./options.ts";

test("parseDaemonOptions: defaults, and a socket in the exec root", () => {
  expect(parseDaemonOptions([])).toEqual({
    dataRoot: "/var/lib/wharf", execRoot: "/run/wharf", hosts: ["unix:///run/wharf/wharf.sock"], bridge: "wharf0", logLevel: "info", allowsPlainTcp: false,
    logDefaults: { driver: "json-file", options: {} }, realtime: { period: 0, runtime: 0 },
  });
  expect(parseDaemonOptions(["--exec-root", "/x/"])).toMatchObject({ execRoot: "/x", hosts: ["unix:///x/wharf.sock"] });
  expect(parseDaemonOptions(["--help", "--bridge", "b"])).toBe("help");
});

test("parseDaemonOptions: every flag arrives", () => {
  const words = ["-H", "unix:///a", "--host=tcp://0.0.0.0:1", "-l", "debug", "-p", "/pid", "--runtime", "runc", "--bip", "10.9.0.1/24", "--publish-default", "127.0.0.1", "--bridge=br9",
    "--tlsverify", "--tlscacert", "/ca", "--tlscert", "/cert", "--tlskey", "/key", "--allow-plain-tcp", "--log-driver", "local", "--log-opt", "max-size=1m", "--log-opt", "tag=a=b",
    "--cdi-spec-dir", "/c1", "--cdi-spec-dir", "/c2", "--cpu-rt-period", "1000000", "--cpu-rt-runtime=5000"];
  expect(parseDaemonOptions(words)).toMatchObject({
    hosts: ["unix:///a", "tcp://0.0.0.0:1"], logLevel: "debug", pidFile: "/pid", runtime: "runc", bridgeAddress: "10.9.0.1/24", bridge: "br9", publishDefault: "127.0.0.1",
    tls: { authority: "/ca", certificate: "/cert", key: "/key" }, allowsPlainTcp: true,
    cdiFolders: ["/c1", "/c2"], realtime: { period: 1_000_000, runtime: 5000 },
    logDefaults: { driver: "local", options: { "max-size": "1m", tag: "a=b" } },
  });
});

const wrong: readonly (readonly [readonly string[], RegExp])[] = [
  [["--nonsense"], /nonsense/],
  [["word"], /word/],
  [["--data-root", "relative"], /absolute path/],
  [["--bridge", "a-name-that-is-too-long"], /no name for an interface/],
  [["--publish-default", "lo"], /no IP address/],
  [["--log-level", "loud"], /none of debug/],
  [["--log-opt", "max-size"], /name=value/],
  [["--cpu-rt-runtime", "much"], /microseconds/],
  [["--tlsverify"], /needs --tlscacert/],
  [["--tlscert", "/x"], /without --tlsverify/],
];

for (const [words, text] of wrong) {
  test(`parseDaemonOptions: refuses ${words.join(" ")}`, () => {
    expect(() => parseDaemonOptions(words)).toThrow(text);
  });
}

test("openLog: keeps to its level, one line a message, and hides secrets", () => {
  const lines: string[] = [];
  const log = openLog("warn", (line) => lines.push(line), () => new Date(0));
  log.info("not this");
  log.warn("pulling from https://user:secret@host/x\nsecond");
  expect(lines).toEqual(["1970-01-01T00:00:00.000Z warn  pulling from https://***@host/x\n  second\n"]);
});
