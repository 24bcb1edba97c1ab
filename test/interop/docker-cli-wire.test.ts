import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { FakeServer } from "../../src/engine/server/fake/index.ts";

/** The stock docker command line before the fake engine: what goes over the wire is what it expects. Real engines are another test's. */
const docker = Bun.which("docker");

describe.skipIf(docker === null)("the stock docker command line and the HTTP edge (skipped without a docker command)", () => {
  let fake: FakeServer;
  beforeAll(async () => { fake = await FakeServer.start(); });
  afterAll(async () => { await fake[Symbol.asyncDispose](); });

  interface Result {
    readonly code: number;
    readonly stdout: string;
    readonly stderr: string;
  }

  async function run(args: readonly string[], input: string | Uint8Array = ""): Promise<Result> {
    const stdin = typeof input === "string" ? Buffer.from(input) : input;
    const env = { PATH: process.env["PATH"] ?? "", DOCKER_HOST: `unix://${fake.path}`, DOCKER_CONFIG: fake.directory };
    const child = Bun.spawn([docker ?? "docker", ...args], { stdin, stdout: "pipe", stderr: "pipe", env });
    const [code, stdout, stderr] = await Promise.all([child.exited, child.stdout.text(), child.stderr.text()]);
    return { code, stdout, stderr };
  }

  test("run: output, error output and exit code", async () => {
    expect(await run(["run", "--rm", "busybox", "echo", "hello"])).toEqual({ code: 0, stdout: "hello\n", stderr: "" });
    expect(await run(["run", "--rm", "busybox", "fail", "bad"])).toEqual({ code: 3, stdout: "", stderr: "bad\n" });
  }, 60_000);

  test("run -i: 4 MB through the container and back, to the end of input", async () => {
    const data = Buffer.alloc(4_000_000, "0123456789\n");
    const { code, stdout } = await run(["run", "-i", "--rm", "busybox", "cat"], data);
    expect([code, stdout.length, stdout === data.toString()]).toEqual([0, data.length, true]);
  }, 60_000);

  test("exec: output, and a program that is not there", async () => {
    await run(["run", "-d", "--name", "shell", "busybox", "sleep"]);
    expect(await run(["exec", "shell", "echo", "in"])).toMatchObject({ code: 0, stdout: "in\n" });
    expect(await run(["exec", "-i", "shell", "cat"], "typed")).toMatchObject({ code: 0, stdout: "typed" });
    expect(await run(["exec", "shell", "nothing"])).toMatchObject({ code: 127 });
    expect(await run(["exec", "-d", "shell", "echo"])).toEqual({ code: 0, stdout: "", stderr: "" });
  }, 60_000);

  test("ps, logs, wait, stop, rename, inspect, rm", async () => {
    expect((await run(["ps", "--format", "{{.Names}} {{.Status}}"])).stdout).toBe("shell Up 2 minutes\n");
    expect(await run(["rename", "shell", "renamed"])).toMatchObject({ code: 0 });
    expect((await run(["inspect", "-f", "{{.Name}} {{.State.Running}}", "renamed"])).stdout).toBe("/renamed true\n");
    expect(await run(["stop", "renamed"])).toMatchObject({ code: 0, stdout: "renamed\n" });
    expect(await run(["wait", "renamed"])).toMatchObject({ code: 0, stdout: "143\n" });
    expect(await run(["logs", "renamed"])).toEqual({ code: 0, stdout: "", stderr: "" });
    expect(await run(["rm", "renamed"])).toMatchObject({ code: 0, stdout: "renamed\n" });
  }, 60_000);

  test("images: list, history, inspect, tag, rmi, save, load, import", async () => {
    expect((await run(["images", "-q"])).stdout).toBe("111111111111\n");
    expect((await run(["history", "-q", "busybox"])).stdout).toBe("111111111111\n");
    expect((await run(["inspect", "-f", "{{.Architecture}}", "busybox:latest"])).stdout).toBe("amd64\n");
    expect(await run(["tag", "busybox", "a:b"])).toMatchObject({ code: 0 });
    expect((await run(["rmi", "busybox"])).stdout).toContain("Untagged: busybox:latest");
    expect((await run(["save", "busybox"])).stdout).toBe("busybox\n");
    expect((await run(["load"], "archive")).stdout).toBe("Loaded image: busybox:latest\n");
    expect(await run(["load"], "broken bytes.")).toMatchObject({ code: 1, stderr: "the archive is broken\n" });
    expect((await run(["import", "-", "a:b"], "layer")).stdout).toStartWith("sha256:1111");
  }, 60_000);

  test("volumes, networks, version, info, events", async () => {
    expect((await run(["volume", "create", "data"])).stdout).toBe("data\n");
    expect((await run(["volume", "ls", "-q"])).stdout).toBe("data\n");
    expect((await run(["volume", "rm", "data"])).stdout).toBe("data\n");
    expect((await run(["network", "ls", "--format", "{{.Name}} {{.Driver}}"])).stdout).toBe("bridge bridge\n");
    expect((await run(["version", "--format", "{{.Server.APIVersion}} {{.Server.MinAPIVersion}}"])).stdout).toBe("1.50 1.24\n");
    expect(await run(["info"])).toMatchObject({ code: 0 });
    expect((await run(["events", "--until", "1700000001", "--format", "{{.Type}} {{.Action}} {{.TimeNano}}"])).stdout).toBe("container start 1700000001000000000\n");
  }, 60_000);

  test("what is not there is told in docker's words", async () => {
    expect(await run(["inspect", "nope"])).toMatchObject({ code: 1, stderr: "Error: No such object: nope\n" });
    expect((await run(["rm", "nope"])).stderr).toContain("No such container: nope");
    expect((await run(["run", "other"])).code).toBe(125);
    expect((await run(["swarm", "init"])).stderr).toContain("This node is not a swarm manager");
    expect((await run(["plugin", "ls"])).stderr).toContain("is not supported by this engine yet");
  }, 60_000);
});
