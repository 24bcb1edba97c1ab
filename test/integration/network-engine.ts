/** Run by the recovery test to be killed: the networks of an engine with a few containers, as a line of JSON. */
import { join } from "node:path";
import { parsePublishedPorts } from "../../src/base/index.ts";
import { NetworkService } from "../../src/engine/network/index.ts";
import { Records } from "../../src/engine/store/index.ts";
import { request } from "./network-world.ts";

const [execRoot = "", wishes = "[]"] = process.argv.slice(2);
const service = new NetworkService({ execRoot, bridge: "wharf0", records: Records.open(join(execRoot, "state.db")) });
await service.recover([]);
const sandboxes = [];
for (const { digit, publish } of JSON.parse(wishes) as { digit: string; publish: string[] }[]) {
  sandboxes.push(await service.prepare(request(digit, { publish: publish.flatMap(parsePublishedPorts) })));
}
console.log(JSON.stringify(sandboxes));
// Stays until it is killed.
setInterval(() => undefined, 1 << 30);
