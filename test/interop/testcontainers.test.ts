import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { GenericContainer, Network, Wait, type StartedTestContainer } from "testcontainers";
import { TestEngine } from "../engine-harness.ts";

const patience = 120_000;
const reason = process.getuid?.() === 0 ? "" : " (skipped: an engine needs root)";
const serving = ["sh", "-c", "mkdir -p /www; echo hello >/www/index.html; httpd -p 8080 -h /www; echo now serving; sleep 1000"];

/** testcontainers from npm, as tests of other projects use it; its reaper's image is not here, so it cleans up by itself. */
describe.skipIf(reason !== "")(`testcontainers and the engine${reason}`, () => {
  let engine: TestEngine;
  const before = { host: process.env["DOCKER_HOST"], ryuk: process.env["TESTCONTAINERS_RYUK_DISABLED"] };
  beforeAll(async () => {
    engine = await TestEngine.start();
    await engine.addBusybox();
    // It reads these when the first container starts.
    process.env["DOCKER_HOST"] = engine.host;
    process.env["TESTCONTAINERS_RYUK_DISABLED"] = "true";
  }, patience);
  afterAll(async () => {
    for (const [name, value] of [["DOCKER_HOST", before.host], ["TESTCONTAINERS_RYUK_DISABLED", before.ryuk]] as const) {
      if (value === undefined) Reflect.deleteProperty(process.env, name);
      else process.env[name] = value;
    }
    await engine.close();
  }, patience);

  async function page(container: StartedTestContainer): Promise<string> {
    return await (await fetch(`http://${container.getHost()}:${container.getMappedPort(8080)}/`)).text();
  }

  test("waits for a line of the log, publishes a port, executes, copies in and out", async () => {
    await using container = await new GenericContainer("busybox:latest").withCommand(serving).withExposedPorts(8080).withEnvironment({ A: "b" })
      .withLabels({ of: "testcontainers" }).withCopyContentToContainer([{ content: "copied\n", target: "/www/copied" }]).withWaitStrategy(Wait.forLogMessage("now serving")).start();
    expect(await page(container)).toBe("hello\n");
    expect(await container.exec(["sh", "-c", "echo $A; cat /www/copied; echo err >&2; exit 3"])).toMatchObject({ exitCode: 3, stdout: "b\ncopied\n", stderr: "err\n" });
    await container.copyContentToContainer([{ content: "later\n", target: "/www/later" }]);
    expect((await container.exec(["cat", "/www/later"])).output).toBe("later\n");
    let archived = 0;
    for await (const chunk of await container.copyArchiveFromContainer("/www")) archived += (chunk as Buffer).length;
    expect(archived).toBeGreaterThan(1024);
  }, patience);

  test("waits for a health check and for a page", async () => {
    await using container = await new GenericContainer("busybox:latest").withCommand(serving).withExposedPorts(8080)
      .withHealthCheck({ test: ["CMD-SHELL", "wget -q -O /dev/null http://127.0.0.1:8080/"], interval: 200, timeout: 5000, retries: 50 })
      .withWaitStrategy(Wait.forAll([Wait.forHealthCheck(), Wait.forHttp("/", 8080).forStatusCode(200)])).start();
    expect(await page(container)).toBe("hello\n");
  }, patience);

  test("two on a network of their own reach each other by an alias; a restarted one goes on", async () => {
    await using network = await new Network().start();
    await using server = await new GenericContainer("busybox:latest").withCommand(serving).withNetwork(network).withNetworkAliases("server").withWaitStrategy(Wait.forLogMessage("now serving")).start();
    await using client = await new GenericContainer("busybox:latest").withCommand(["sleep", "1000"]).withNetwork(network).start();
    expect((await client.exec(["wget", "-q", "-O", "-", "http://server:8080/"])).output).toBe("hello\n");
    await server.restart({ timeout: 1 });
    expect((await client.exec(["wget", "-q", "-O", "-", "http://server:8080/"])).output).toBe("hello\n");
  }, patience);

  test("nothing of it is left", async () => {
    expect((await engine.call<unknown[]>("GET", "/containers/json?all=1")).body).toEqual([]);
    expect((await engine.call<{ Name: string }[]>("GET", "/networks")).body.map(({ Name }) => Name).sort()).toEqual(["bridge", "host", "none"]);
  }, patience);
});
