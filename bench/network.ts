/**
 * What the network costs a container's start and end, without a container: `bun bench/network.ts`, as root.
 * Runs in a network namespace of its own. Medians in milliseconds.
 */
import { parsePublishedPorts } from "../src/base/index.ts";
import { NetworkWorld, enterPrivateNetwork, request } from "../test/integration/network-world.ts";

const rounds = 100;

enterPrivateNetwork();
await using world = new NetworkWorld();
const began = performance.now();
const { service } = await world.start();
console.log(`start of an engine's networks  ${(performance.now() - began).toFixed(1)}`);
for (const [name, publish] of [["no port", []], ["a tcp port", parsePublishedPorts("8080:80")], ["a udp port", parsePublishedPorts("8080:80/udp")]] as const) {
  const times = { prepare: [] as number[], release: [] as number[], settled: [] as number[] };
  for (let round = 0; round < rounds; round++) {
    const sandbox = await timed(times.prepare, () => service.prepare(request("a", { publish })));
    await timed(times.release, () => service.release(sandbox.containerId));
    await timed(times.settled, () => service.settled());
  }
  console.log(`${name.padEnd(12)} ${Object.entries(times).map(([step, list]) => `${step} ${median(list).toFixed(2)}`).join("  ")}`);
}

await service.create({ Name: "names", Driver: "", Scope: "", Internal: false, Attachable: false, Ingress: false, ConfigOnly: false, Options: null, Labels: null });
const mode = { kind: "network", name: "names" } as const;
const asking = await service.prepare(request("a", { mode }));
await service.prepare(request("b", { mode }));
const { median: answer, rate } = await world.load(asking.netnsPath, "box-b", 5000);
console.log(`names        an answer ${answer.toFixed(2)}  answers in a second ${rate}`);

async function timed<T>(times: number[], step: () => Promise<T>): Promise<T> {
  const start = performance.now();
  const result = await step();
  times.push(performance.now() - start);
  return result;
}

function median(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[values.length >> 1] ?? Number.NaN;
}
