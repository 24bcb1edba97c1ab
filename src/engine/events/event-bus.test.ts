import { expect, test } from "bun:test";
import type { EventFilter, EventMessage } from "../../api/types/index.ts";
import { EventBus } from "./event-bus.ts";

const none = new Map<EventFilter, readonly string[]>();

async function take(events: AsyncIterable<EventMessage>, count: number): Promise<string[]> {
  const found: string[] = [];
  for await (const event of events) {
    found.push(event.Action);
    if (found.length === count) break;
  }
  return found;
}

function containerEvent(action: string, attributes: Record<string, string> = {}): { type: "container"; action: string; id: string; attributes: Record<string, string> } {
  return { type: "container", action, id: "c0ffee".padEnd(64, "0"), attributes };
}

test("EventBus: what happens after subscribe is told in order, also when read later", async () => {
  const bus = new EventBus();
  bus.emit(containerEvent("before"));
  const events = bus.subscribe({ filters: none }, new AbortController().signal);
  bus.emit(containerEvent("create", { image: "busybox" }));
  bus.emit({ type: "network", action: "connect", id: "n", attributes: {} });
  expect(await take(events, 2)).toEqual(["create", "connect"]);
  expect(bus.listeners).toBe(0);
});

test("EventBus: since brings the past, until ends it, and times only grow", async () => {
  let now = 1_000n;
  const bus = new EventBus(() => now);
  bus.emit(containerEvent("one"));
  bus.emit(containerEvent("two"));
  now = 5_000n;
  bus.emit(containerEvent("three"));
  const past = bus.subscribe({ since: 1_001n, until: 5_000n, filters: none }, new AbortController().signal);
  const found = [];
  for await (const event of past) found.push([event.Action, event.timeNano]);
  expect(found).toEqual([["two", 1_001n], ["three", 5_000n]]);
});

test("EventBus: an aborted client's subscription ends and leaves nothing", async () => {
  const bus = new EventBus();
  const abort = new AbortController();
  const events = bus.subscribe({ filters: none }, abort.signal);
  const reading = take(events, 1);
  abort.abort();
  expect(await reading).toEqual([]);
  expect(bus.listeners).toBe(0);
});

const cases: readonly (readonly [EventFilter, readonly string[], readonly string[]])[] = [
  ["type", ["image"], ["load"]],
  ["event", ["exec_create", "load"], ["exec_create: sh", "load"]],
  ["container", ["web"], ["start", "exec_create: sh"]],
  ["container", ["c0ffee"], ["start", "exec_create: sh"]],
  ["image", ["busybox"], ["start", "exec_create: sh", "load"]],
  ["image", ["busybox:1"], ["start", "exec_create: sh", "load"]],
  ["label", ["tier=front"], ["start"]],
  ["label", ["tier=back"], []],
  ["scope", ["swarm"], []],
];

for (const [name, values, expected] of cases) {
  test(`EventBus: filter ${name}=${values.join(",")}`, async () => {
    let now = 0n;
    const bus = new EventBus(() => now);
    bus.emit(containerEvent("start", { name: "web", image: "busybox:1", tier: "front" }));
    bus.emit(containerEvent("exec_create: sh", { name: "web", image: "busybox:1" }));
    bus.emit({ type: "image", action: "load", id: "sha256:1", attributes: { name: "busybox:1" } });
    now = 10n;
    const found = [];
    for await (const event of bus.subscribe({ since: 0n, until: 9n, filters: new Map([[name, values]]) }, new AbortController().signal)) found.push(event.Action);
    expect(found).toEqual([...expected]);
  });
}

test("EventBus: a clock that is set back neither reorders events nor hides them from since", async () => {
  let now = 3_600_000_000_000n;
  const bus = new EventBus(() => now);
  bus.emit(containerEvent("before"));
  now = 1_000n;
  bus.emit(containerEvent("after"));
  now = 7_200_000_000_000n;
  bus.emit(containerEvent("later"));
  const times: bigint[] = [];
  const found: string[] = [];
  for await (const event of bus.subscribe({ since: 3_600_000_000_000n, until: 7_200_000_000_000n, filters: none }, new AbortController().signal)) {
    times.push(event.timeNano);
    found.push(event.Action);
  }
  expect(found).toEqual(["before", "after", "later"]);
  expect(times).toEqual([3_600_000_000_000n, 3_600_000_000_001n, 7_200_000_000_000n]);
});
