import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { join } from "node:path";
import { TestEngine } from "../engine-harness.ts";

const patience = 180_000;
/** Debian's Python has Debian's package; another one in PATH may have PyPI's. */
const python = ["/usr/bin/python3", Bun.which("python3") ?? ""].find((path) => path !== "" && Bun.spawnSync([path, "-c", "import docker"], { stderr: "ignore" }).exitCode === 0);
const reason = [...(python === undefined ? ["docker-py is not installed (Debian package python3-docker)"] : []), ...(process.getuid?.() === 0 ? [] : ["an engine needs root"])].join(", ");

describe.skipIf(reason !== "")(`docker-py and the engine${reason === "" ? "" : ` (skipped: ${reason})`}`, () => {
  let engine: TestEngine;
  let got: Readonly<Record<string, unknown>>;
  beforeAll(async () => {
    engine = await TestEngine.start();
    await engine.addBusybox();
    const child = Bun.spawn([python ?? "python3", join(import.meta.dir, "docker_py.py"), engine.host], { stdout: "pipe", stderr: "pipe", env: { PATH: process.env["PATH"] ?? "" } });
    const [out, err, code] = await Promise.all([child.stdout.text(), child.stderr.text(), child.exited]);
    if (code !== 0) throw new Error(`docker_py.py ended with ${code}: ${err}`);
    got = JSON.parse(out) as Readonly<Record<string, unknown>>;
  }, patience);
  afterAll(async () => { await engine.close(); }, patience);

  const wanted: Readonly<Record<string, unknown>> = {
    ping: true, version: "wharf",
    run: ["err", "out"], failure: [3, "bad\n"], missing: "No such container: nosuch", logs: ["ready\n", "created"], state: ["running", 64 << 20, ["py"]],
    exec: [4, "a\n", "b\n"], exec_stream: "1\n2\n3\n", exec_user: "1000\n",
    attach: "<typed>\n", attach_exit: 0,
    put: true, get: ["from here", "hello", 9], diff: ["/tmp", "/tmp/hello"],
    health: ["health_status: unhealthy", "health_status: healthy", "healthy"],
    image: [["py:1"], "linux"], loaded: ["py:1"], volume: ["pyvolume", "kept\n"], network: ["pynet", "bridge"],
    stats: 64 << 20, top: true, paused: "paused", stopped: 9, left: [],
  };
  for (const [name, value] of Object.entries(wanted)) test(name, () => { expect(got[name]).toEqual(value); });
  test("nothing else was asked", () => { expect(Object.keys(got).sort()).toEqual(Object.keys(wanted).sort()); });
});
