import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "bun:test";
import type { NetworkCreateBody } from "../../src/api/types/index.ts";
import { NetworkWorld, enterPrivateNetwork, output, request } from "./network-world.ts";

enterPrivateNetwork();
const patience = 120_000;

function body(Name: string, wishes: Partial<NetworkCreateBody> = {}): NetworkCreateBody {
  return {
    Name, Driver: "", Scope: "", Internal: false, Attachable: false, Ingress: false, ConfigOnly: false, Options: null, Labels: null, ...wishes,
  };
}

const on = (name: string) => ({ kind: "network", name }) as const;

/** A machine whose only resolver listens on its loopback, as with systemd-resolved or dnsmasq. */
async function machine(world: NetworkWorld, text = "nameserver 127.0.0.1\nsearch corp.example\n"): Promise<{ resolvConfPath: string }> {
  const resolvConfPath = join(world.execRoot, "resolv.conf");
  writeFileSync(resolvConfPath, text);
  await world.serveNames("127.0.0.1");
  return { resolvConfPath };
}

test("containers of a network find each other by name, id, alias and address, others do not", async () => {
  await using world = new NetworkWorld();
  const { service } = await world.start([], await machine(world));
  await service.create(body("backend", { EnableIPv6: true }));
  await service.create(body("other"));
  const web = await service.prepare(request("a", { mode: on("backend"), endpoints: new Map([["backend", { links: ["box-b:store"] }]]) }));
  const db = await service.prepare(request("b", { mode: on("backend"), endpoints: new Map([["backend", { aliases: ["db", "data"] }]]) }));
  const replica = await service.prepare(request("c", { mode: on("backend"), endpoints: new Map([["backend", { aliases: ["db"] }]]) }));
  const stranger = await service.prepare(request("d", { mode: on("other") }));
  expect(web.files?.resolvConf).toBe("nameserver 127.0.0.11\nsearch corp.example\noptions ndots:0\n");
  const v6 = db.endpoints[0]?.ipv6?.address ?? "";

  const seen = await world.resolve(web.netnsPath, "A/box-b", "A/BOX-B", "A/bbbbbbbbbbbb", "A/host-b", "A/data", "A/store", "A/box-b.backend", "AAAA/data", "PTR/172.18.0.3", `PTR/${v6}`, "A/box-a");
  expect(seen).toEqual({
    "A/box-b": ["172.18.0.3"], "A/BOX-B": ["172.18.0.3"], "A/bbbbbbbbbbbb": ["172.18.0.3"], "A/host-b": ["172.18.0.3"], "A/data": ["172.18.0.3"],
    "A/store": ["172.18.0.3"], "A/box-b.backend": ["172.18.0.3"], "AAAA/data": [v6], "PTR/172.18.0.3": ["box-b.backend"], [`PTR/${v6}`]: ["box-b.backend"],
    "A/box-a": ["172.18.0.2"],
  });
  const { "A/db": both } = await world.resolve(web.netnsPath, "A/db");
  expect(Array.isArray(both) ? both.toSorted() : both).toEqual(["172.18.0.3", "172.18.0.4"]);
  // The machine's name server knows neither.
  expect(await world.resolve(stranger.netnsPath, "A/data", "A/box-d")).toEqual({ "A/data": "ENOTFOUND", "A/box-d": ["172.19.0.2"] });
  expect(await world.resolve(replica.netnsPath, "A/store")).toEqual({ "A/store": "ENOTFOUND" });

  service.rename(db.containerId, "renamed");
  expect(await world.resolve(web.netnsPath, "A/renamed", "A/box-b")).toEqual({ "A/renamed": ["172.18.0.3"], "A/box-b": "ENOTFOUND" });
  await service.release(db.containerId);
  expect(await world.resolve(web.netnsPath, "A/data", "A/db")).toEqual({ "A/data": "ENOTFOUND", "A/db": ["172.18.0.4"] });
}, patience);

test("other names go to the machine's resolvers, the loopback's too; long answers over a connection; from an internal network nothing does", async () => {
  await using world = new NetworkWorld();
  const { service } = await world.start([], await machine(world));
  await service.create(body("open"));
  await service.create(body("closed", { Internal: true }));
  const plain = await service.prepare(request("a"));
  const open = await service.prepare(request("b", { mode: on("open") }));
  const closed = await service.prepare(request("c", { mode: on("closed") }));
  expect(plain.files?.resolvConf).toContain("nameserver 127.0.0.11\n");
  for (const { netnsPath } of [plain, open]) {
    const answers = await world.resolve(netnsPath, "A/www.example", "A/many.example", "A/nowhere.invalid");
    expect(answers["A/www.example"]).toEqual(["192.0.2.1"]);
    expect(answers["A/many.example"]).toHaveLength(200);
    expect(answers["A/nowhere.invalid"]).toBe("ENOTFOUND");
  }
  // On the default bridge there are no names, as with docker.
  expect(await world.resolve(plain.netnsPath, "A/box-a")).toEqual({ "A/box-a": "ENOTFOUND" });
  expect(await world.resolve(closed.netnsPath, "A/www.example", "A/box-c")).toEqual({ "A/www.example": "ENOTFOUND", "A/box-c": ["172.19.0.2"] });
}, patience);

test("a container may have a name server of its own, and its loopback is its own", async () => {
  await using world = new NetworkWorld();
  const { service } = await world.start([], await machine(world));
  await service.create(body("backend"));
  const a = await service.prepare(request("a", { mode: on("backend") }));
  const b = await service.prepare(request("b", { mode: on("backend") }));
  await world.serve(a.netnsPath, 53);
  expect(await world.resolve(a.netnsPath, "A/box-b")).toEqual({ "A/box-b": ["172.18.0.3"] });
  expect(await world.ask(b.netnsPath, "tcp/172.18.0.2/53")).toEqual({ "tcp/172.18.0.2/53": "tcp ::ffff:172.18.0.3" });
  await output("nsenter", `--net=${b.netnsPath ?? ""}`, "ip", "route", "add", "127.0.0.9/32", "via", "172.18.0.2");
  await output("nsenter", `--net=${b.netnsPath ?? ""}`, "ip", "rule", "add", "pref", "0", "to", "127.0.0.9", "lookup", "main");
  await world.serve(a.netnsPath, 80);
  expect(Object.values(await world.ask(b.netnsPath, "tcp/127.0.0.9/80"))[0]).not.toStartWith("tcp");
}, patience);

test("who asks and does not wait for the answer takes names from nobody", async () => {
  await using world = new NetworkWorld();
  const { service } = await world.start([], await machine(world));
  await service.create(body("backend"));
  const { netnsPath = "" } = await service.prepare(request("a", { mode: on("backend") }));
  const query = "\\x12\\x34\\x01\\x00\\x00\\x01\\x00\\x00\\x00\\x00\\x00\\x00\\x05box-a\\x00\\x00\\x01\\x00\\x01";
  const refused = "import re; no = lambda: int(re.findall(r'Udp: (.*)', open('/proc/thread-self/net/snmp').read())[1].split()[1])";
  const script = `${refused}; import socket, time; before = no()
for i in range(50):
  s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.sendto(b'${query}'.decode('unicode_escape').encode('latin1'), ('127.0.0.11', 53)); s.close()
while no() == before: time.sleep(0.01)`;
  await output("nsenter", `--net=${netnsPath}`, "python3", "-c", script);
  expect(await world.resolve(netnsPath, "A/box-a")).toEqual({ "A/box-a": ["172.18.0.2"] });
}, patience);

test("after a kill names are answered again", async () => {
  await using world = new NetworkWorld();
  const options = await machine(world);
  const first = await world.start([], options);
  await first.service.create(body("backend"));
  const a = await first.service.prepare(request("a", { mode: on("backend"), endpoints: new Map([["backend", { aliases: ["me"] }]]) }));
  const second = await world.start([a.containerId], options);
  expect(await world.resolve(a.netnsPath, "A/me", "A/www.example")).toEqual({ "A/me": ["172.18.0.2"], "A/www.example": ["192.0.2.1"] });
  await second.service.release(a.containerId);
}, patience);
