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

async function timed<T>(times: number[], step: () => Promise<T>): Promise<T> {
  const start = performance.now();
  const result = await step();
  times.push(performance.now() - start);
  return result;
}

function median(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[values.length >> 1] ?? Number.NaN;
}
