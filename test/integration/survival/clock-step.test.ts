import { afterAll, beforeAll, expect, test } from "bun:test";
import { globSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ContainerSummary, EventMessage } from "../../../src/api/types/index.ts";
import { ContainerWorld } from "../container-world.ts";

/*
 * The engine believes a wall clock that the test sets, while the machine's goes on; its containers see the machine's.
 * The library of Debian's package libfaketime stands between the engine and its clock.
 */
const [library] = globSync("/usr/lib/*/faketime/libfaketime.so.1");
const limit = 60_000;
const second = 1e9;
const day = 86_400;

let world: ContainerWorld;
let folder: string;

function setClock(offset: string): void {
  writeFileSync(join(folder, "offset"), `${offset}\n`);
}

/** Seconds since 1970 by the engine's clock. */
async function engineTime(): Promise<number> {
  const { body } = await world.engine.call<{ SystemTime: string }>("GET", "/info");
  return Date.parse(body.SystemTime) / 1000;
}

beforeAll(async () => {
  if (library === undefined) return;
  folder = mkdtempSync(join(tmpdir(), "clock-"));
  setClock("+0");
  world = await ContainerWorld.open([], {
    LD_PRELOAD: library, FAKETIME_TIMESTAMP_FILE: join(folder, "offset"), FAKETIME_NO_CACHE: "1", FAKETIME_DONT_FAKE_MONOTONIC: "1", DONT_FAKE_MONOTONIC: "1",
  });
}, limit);

afterAll(async () => {
  if (library === undefined) return;
  await world[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
}, limit);

/** The events of a container from now on, of the kinds that are named. */
async function follow(container: string, ...kinds: readonly string[]): Promise<AsyncIterator<EventMessage>> {
  const filters = new Map<"container" | "event", readonly string[]>([["container", [container]], ["event", kinds]]);
  return (await world.client.lines("systemEvents", { query: { filters } }))[Symbol.asyncIterator]();
}

/** @returns when it happened, by the engine's clock, in nanoseconds */
async function next(events: AsyncIterator<EventMessage>): Promise<bigint> {
  const result = await events.next();
  if (result.done === true) throw new Error("the events ended");
  return result.value.timeNano;
}

// Without the library the machine has no clock that could be set for one process only.
test.skipIf(library === undefined)("a clock that is set back and forth: what was waiting goes on, and nothing is early or late", async () => {
  const started = await engineTime();
  const watched = await world.create("sleep 1000", { Healthcheck: { Test: ["CMD", "true"], Interval: second / 10, Timeout: 30 * second } });
  const again = await world.create("exit 3", { HostConfig: { RestartPolicy: { Name: "always" } } });
  const checks = await follow(watched, "exec_die");
  const ends = await follow(again, "die");
  await world.start(watched);
  await world.start(again);
  const ended = world.wait(watched);
  const last = new Map([[checks, await next(checks)], [ends, await next(ends)]]);

  for (const [offset, days] of [["-3d", -3], ["+2d", 2]] as const) {
    setClock(offset);
    expect(await engineTime()).toBeCloseTo(started + days * day, -3);
    // A check and a restart that were under way, and those that were planned after the step.
    for (let i = 0; i < 2; i++) {
      for (const [events, before] of last) {
        const time = await next(events);
        // Events keep their order, whatever the clock says.
        expect(time).toBeGreaterThan(before);
        last.set(events, time);
      }
    }
    const { body } = await world.engine.call<ContainerSummary[]>("GET", "/containers/json");
    expect(body.find(({ Id }) => Id === watched)?.Status).toMatch(days < 0 ? /^Up Less than a second/ : /^Up 2 days/);
    expect(world.output("run", "--rm", "busybox", "echo", "new")).toBe("new");
    expect(world.output("exec", watched, "echo", "old")).toBe("old");
  }

  // Neither at once, as a deadline on the wall clock would have it after a step forward, nor never.
  const stubborn = await world.run("trap '' TERM; echo ready; while :; do sleep 1000; done");
  await world.logged(stubborn, "ready");
  const signals = await follow(stubborn, "kill");
  const began = performance.now();
  const stopped = world.engine.call("POST", `/containers/${stubborn}/stop?t=2`);
  await next(signals);
  setClock("+9d");
  expect((await stopped).status).toBe(204);
  expect(performance.now() - began).toBeGreaterThan(1900);
  expect((await world.inspect(stubborn)).State.ExitCode).toBe(137);

  expect((await world.engine.call("POST", `/containers/${watched}/kill`)).status).toBe(204);
  expect(await ended).toBe(137);
}, limit);

test.skipIf(library === undefined)("an engine that starts with its clock in the past takes its containers on", async () => {
  const id = await world.run("echo before; sleep 1000");
  await world.logged(id, "before");
  await world.engine.kill();
  setClock("-300d");
  await world.engine.run();
  expect((await world.inspect(id)).State.Running).toBe(true);
  expect(world.output("logs", id)).toBe("before");
  expect((await world.engine.call("DELETE", `/containers/${id}?force=1`)).status).toBe(204);
  expect(world.output("run", "--rm", "busybox", "echo", "new")).toBe("new");
}, limit);
