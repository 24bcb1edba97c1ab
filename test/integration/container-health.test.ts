import { afterAll, beforeAll, expect, test } from "bun:test";
import { createConnection } from "node:net";
import type { ContainerInspect, ContainerSummary } from "../../src/api/types/index.ts";
import { TestEngine } from "../engine-harness.ts";

let engine: TestEngine;

beforeAll(async () => {
  engine = await TestEngine.start();
  await engine.addBusybox();
}, 60_000);

afterAll(async () => {
  await engine.close();
}, 60_000);

const second = 1e9;

/** Starts a container and resolves with its health when it has become what is awaited. */
async function healthOf(name: string, check: Record<string, unknown>, awaited: string): Promise<ContainerInspect["State"]["Health"]> {
  const { body } = await engine.call<{ Id: string }>("POST", `/containers/create?name=${name}`, {
    Image: "busybox", Cmd: ["sleep", "1000"], Healthcheck: { Interval: second / 10, Timeout: 30 * second, ...check },
  });
  const changed = eventOf(body.Id, awaited);
  await changed.listening;
  expect((await engine.call("POST", `/containers/${name}/start`)).status).toBe(204);
  await changed.happened;
  return (await engine.call<ContainerInspect>("GET", `/containers/${name}/json`)).body.State.Health;
}

/** Listens to the engine's events on a connection of its own. */
function eventOf(container: string, awaited: string): { readonly listening: Promise<undefined>; readonly happened: Promise<undefined> } {
  const listening = Promise.withResolvers<undefined>();
  const happened = Promise.withResolvers<undefined>();
  const filters = encodeURIComponent(JSON.stringify({ container: [container], event: ["health_status"] }));
  const connection = createConnection(engine.socket);
  let text = "";
  connection.on("data", (piece) => {
    text += piece.toString();
    if (text.includes("\r\n\r\n")) listening.resolve(undefined);
    if (text.includes(`health_status: ${awaited}"`)) {
      connection.destroy();
      happened.resolve(undefined);
    }
  });
  connection.once("error", (error) => { happened.reject(error); });
  connection.write(`GET /events?filters=${filters} HTTP/1.1\r\nHost: engine\r\n\r\n`);
  return { listening: listening.promise, happened: happened.promise };
}

test("a check that succeeds makes a container healthy, in inspect, list and filter", async () => {
  const health = await healthOf("good", { Test: ["CMD-SHELL", "echo fine; echo too >&2"] }, "healthy");
  expect(health?.Status).toBe("healthy");
  expect(health?.FailingStreak).toBe(0);
  expect(health?.Log?.at(-1)?.Output.split("\n").sort()).toEqual(["", "fine", "too"]);
  const filters = encodeURIComponent(JSON.stringify({ health: ["healthy"] }));
  const { body } = await engine.call<ContainerSummary[]>("GET", `/containers/json?filters=${filters}`);
  expect(body.map(({ Names, Status }) => [Names[0], Status.endsWith("(healthy)")])).toEqual([["/good", true]]);
}, 60_000);

test("failures in a row make it unhealthy, and what was said is kept", async () => {
  const health = await healthOf("bad", { Test: ["CMD", "sh", "-c", "echo broken; exit 3"], Retries: 2 }, "unhealthy");
  expect(health?.FailingStreak).toBeGreaterThanOrEqual(2);
  expect(health?.Log?.[0]).toMatchObject({ ExitCode: 3, Output: "broken\n" });
}, 60_000);

test("a check that takes too long is killed and counts as a failure", async () => {
  const health = await healthOf("slow", { Test: ["CMD-SHELL", "sleep 500 & sleep 500; true"], Timeout: second / 5, Retries: 1 }, "unhealthy");
  expect(health?.Log?.[0]?.ExitCode).toBe(-1);
  expect(health?.Log?.[0]?.Output).toBe("Health check exceeded timeout (0.2s)");
  await engine.call("POST", "/containers/slow/kill");
  const after = await engine.call<ContainerInspect>("GET", "/containers/slow/json");
  expect(after.body.State.Health?.Status).toBe("unhealthy");
}, 60_000);

test("a program that is not there is a failure that says so", async () => {
  const health = await healthOf("missing", { Test: ["CMD", "no-such-program"], Retries: 1 }, "unhealthy");
  expect(health?.Log?.[0]?.Output).toContain("no-such-program");
}, 60_000);

test("NONE takes a check away", async () => {
  await engine.call("POST", "/containers/create?name=none", { Image: "busybox", Cmd: ["sleep", "1000"], Healthcheck: { Test: ["NONE"] } });
  await engine.call("POST", "/containers/none/start");
  const { body } = await engine.call<ContainerInspect>("GET", "/containers/none/json");
  expect([body.State.Running, body.State.Health]).toEqual([true, undefined]);
}, 60_000);

test("restart on-unhealthy: one whose check fails is ended, also when it ends well, and started again as often as was asked for", async () => {
  const { body } = await engine.call<{ Id: string }>("POST", "/containers/create?name=unwell", {
    // Its end is an orderly one, which on-failure would leave alone.
    Image: "busybox", Cmd: ["sh", "-c", "trap 'exit 0' TERM; while :; do sleep 0.05; done"], HostConfig: { RestartPolicy: { Name: "on-unhealthy", MaximumRetryCount: 2 } },
    Healthcheck: { Test: ["CMD", "false"], Interval: second / 20, Timeout: 30 * second, Retries: 1 },
  });
  const filters = encodeURIComponent(JSON.stringify({ container: [body.Id], event: ["die"] }));
  const events = await fetch(`http://engine/events?filters=${filters}`, { unix: engine.socket });
  expect((await engine.call("POST", `/containers/${body.Id}/start`)).status).toBe(204);
  let ends = "";
  for await (const chunk of events.body ?? []) {
    ends += Buffer.from(chunk).toString();
    if (ends.split("\n").length > 3) break;
  }
  expect(ends.match(/"exitCode":"0"/g)).toHaveLength(3);
  await engine.call("POST", `/containers/${body.Id}/wait`);
  const { body: after } = await engine.call<ContainerInspect>("GET", `/containers/${body.Id}/json`);
  expect([after.RestartCount, after.State.Status, after.State.Health?.Status]).toEqual([2, "exited", "unhealthy"]);
  const refused = await engine.call<{ message: string }>("POST", "/containers/create", { Image: "busybox", HostConfig: { RestartPolicy: { Name: "on-unhealthy" } } });
  expect([refused.status, refused.body.message]).toEqual([400, "invalid restart policy: 'on-unhealthy' needs a health check; give --health-cmd, or an image that has one"]);
  await engine.call("DELETE", `/containers/${body.Id}`);
}, 60_000);
