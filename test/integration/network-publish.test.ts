import { createServer } from "node:net";
import { expect, test } from "bun:test";
import { parsePublishedPorts } from "../../src/base/index.ts";
import { NetworkWorld, enterPrivateNetwork, output, refusal, request } from "./network-world.ts";

enterPrivateNetwork();
const patience = 120_000;

const wishes = (...texts: readonly string[]) => texts.flatMap(parsePublishedPorts);

async function listening(port: number, address: string) {
  const server = createServer().listen(port, address);
  await new Promise((resolve, reject) => {
    server.once("listening", resolve);
    server.once("error", reject);
  });
  return server;
}

test("ports of a running container come and go, what stays keeps its connections, and a port that is taken changes nothing", async () => {
  await using world = new NetworkWorld();
  const { service } = await world.start();
  const { containerId, netnsPath } = await service.prepare(request("a", { publish: wishes("7300:80") }));
  await world.serve(netnsPath, 80);
  const connection = world.hold("127.0.0.1", 7300);
  expect((await connection.lines.next()).value).toStartWith("tcp");

  const more = await service.republish(containerId, wishes("7300:80", "127.0.0.1:7301:80", "80"));
  expect(more.ports.slice(0, 3)).toEqual([
    { containerPort: 80, protocol: "tcp", hostAddress: "0.0.0.0", hostPort: 7300 }, { containerPort: 80, protocol: "tcp", hostAddress: "::", hostPort: 7300 },
    { containerPort: 80, protocol: "tcp", hostAddress: "127.0.0.1", hostPort: 7301 },
  ]);
  const random = more.ports[3]?.hostPort ?? 0;
  expect(await world.ask(undefined, "tcp/127.0.0.1/7301", `tcp/::1/${random}`, "tcp/::1/7301")).toMatchObject({
    "tcp/127.0.0.1/7301": "tcp ::ffff:172.17.0.1", "tcp/::1/7301": "refused",
  });

  const foreign = await listening(7302, "0.0.0.0");
  const before = await output("nft", "list", "table", "inet", "wharf-wharf0");
  expect(await refusal(service.republish(containerId, wishes("7302:80")))).toContain("failed to bind host port for 0.0.0.0:7302:172.17.0.2:80/tcp: address already in use");
  expect(await output("nft", "list", "table", "inet", "wharf-wharf0")).toBe(before);
  expect(service.sandbox(containerId)?.ports).toEqual(more.ports);
  expect(await refusal(listening(7300, "127.0.0.1"))).toContain("EADDRINUSE");
  foreign.close();

  // A port may go from one of the container's ports to another in one step; what is gone can be had by others.
  const fewer = await service.republish(containerId, wishes("7300:80", "7301:81"));
  expect(fewer.ports.map(({ hostPort, containerPort }) => `${hostPort} ${containerPort}`)).toEqual(["7300 80", "7300 80", "7301 81", "7301 81"]);
  expect(await world.ask(undefined, `tcp/127.0.0.1/${random}`, "tcp/127.0.0.1/7301")).toEqual({ [`tcp/127.0.0.1/${random}`]: "refused", "tcp/127.0.0.1/7301": "refused" });
  (await listening(random, "127.0.0.1")).close();
  connection.send("still");
  expect((await connection.lines.next()).value).toBe("still");

  // What is published now is what an engine that comes after a kill knows.
  const next = await world.start([containerId]);
  expect(next.service.sandbox(containerId)?.ports).toEqual(fewer.ports);
}, patience);

test("ports without an address go where the engine was told", async () => {
  await using world = new NetworkWorld();
  const { service } = await world.start([], { publishDefault: "127.0.0.1" });
  const { containerId, netnsPath, ports } = await service.prepare(request("a", { publish: wishes("7310:80", "0.0.0.0:7311:80") }));
  expect(ports.map(({ hostAddress }) => hostAddress)).toEqual(["127.0.0.1", "0.0.0.0"]);
  await world.serve(netnsPath, 80);
  expect(await world.ask(undefined, "tcp/127.0.0.1/7310", "tcp/172.17.0.1/7310", "tcp/172.17.0.1/7311")).toEqual({
    "tcp/127.0.0.1/7310": "tcp ::ffff:172.17.0.1", "tcp/172.17.0.1/7310": "refused", "tcp/172.17.0.1/7311": "tcp ::ffff:172.17.0.1",
  });
  const isRight = ({ IsInForce, IsHeld }: { IsInForce: boolean; IsHeld: boolean }) => IsInForce && IsHeld;
  expect((await service.reach(containerId)).map((port) => [port.From[0], isRight(port)])).toEqual([
    ["this machine, on 127.0.0.1", true], ["this machine, on 127.0.0.1, 172.17.0.1 (wharf0)", true],
  ]);
  // What the kernel has counts, not what the engine believes.
  await Bun.spawn(["nft", "delete element inet wharf-wharf0 ports4_any { tcp . 7311 }"]).exited;
  expect((await service.reach(containerId))[1]).toMatchObject({ IsInForce: false, From: [] });
  await Bun.spawn(["nft", "add element inet wharf-wharf0 ports4_any { tcp . 7311 : 172.17.0.2 . 80 }"]).exited;
  const more = await service.republish(containerId, wishes("7310:80", "0.0.0.0:7311:80", "7312:80"));
  expect(more.ports.map(({ hostAddress, hostPort }) => `${hostAddress} ${hostPort}`)).toEqual(["127.0.0.1 7310", "0.0.0.0 7311", "127.0.0.1 7312"]);
}, patience);
