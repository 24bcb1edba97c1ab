import { afterAll, beforeAll, expect, test } from "bun:test";
import { ContainerWorld } from "./container-world.ts";

/** Operations that other tests reach through a client only, by what their replies are. */
const patience = 120_000;
let world: ContainerWorld;

beforeAll(async () => { world = await ContainerWorld.open(); }, patience);
afterAll(async () => { await world[Symbol.asyncDispose](); }, patience);

test("a ping tells what the engine is, in its headers", async () => {
  const reply = await fetch("http://engine/_ping", { unix: world.engine.socket });
  expect([reply.status, await reply.text()]).toEqual([200, "OK"]);
  const head = await fetch("http://engine/_ping", { method: "HEAD", unix: world.engine.socket });
  expect([head.status, head.headers.get("ostype"), head.headers.get("docker-experimental")]).toEqual([200, "linux", "false"]);
  expect(head.headers.get("api-version")).toMatch(/^1\.\d+$/);
}, patience);

test("pause and unpause", async () => {
  const id = await world.run("sleep 1000", { HostConfig: { NetworkMode: "none" } });
  expect((await world.engine.call("POST", `/containers/${id}/pause`)).status).toBe(204);
  expect((await world.inspect(id)).State.Paused).toBe(true);
  expect((await world.engine.call("POST", `/containers/${id}/unpause`)).status).toBe(204);
  expect((await world.inspect(id)).State.Paused).toBe(false);
  expect((await world.engine.call("POST", `/containers/${id}/unpause`)).status).toBeGreaterThanOrEqual(409);
  await world.engine.call("DELETE", `/containers/${id}?force=1`);
}, patience);

test("what a path in a container is, without its bytes", async () => {
  const id = await world.create("true");
  const reply = await fetch(`http://engine/containers/${id}/archive?path=/etc/passwd`, { method: "HEAD", unix: world.engine.socket });
  const stat = JSON.parse(Buffer.from(reply.headers.get("x-docker-container-path-stat") ?? "", "base64").toString()) as { name: string; size: number; mode: number };
  expect([reply.status, stat.name, stat.mode & 0o777]).toEqual([200, "passwd", 0o644]);
  expect(stat.size).toBeGreaterThan(0);
  expect((await fetch(`http://engine/containers/${id}/archive?path=/nosuch`, { method: "HEAD", unix: world.engine.socket })).status).toBe(404);
  await world.engine.call("DELETE", `/containers/${id}`);
}, patience);

test("prunes take what is not used, and tell what", async () => {
  const id = await world.create("true", { Labels: { pruned: "yes" } });
  expect((await world.engine.call<{ ContainersDeleted: string[] }>("POST", `/containers/prune?filters=${encodeURIComponent('{"label":["pruned=yes"]}')}`)).body.ContainersDeleted).toEqual([id]);
  await world.engine.call("POST", "/volumes/create", { Name: "unused" });
  expect((await world.engine.call<{ VolumesDeleted: string[] }>("POST", `/volumes/prune?filters=${encodeURIComponent('{"all":["true"]}')}`)).body.VolumesDeleted).toEqual(["unused"]);
  await world.engine.call("POST", "/networks/create", { Name: "unused" });
  expect((await world.engine.call<{ NetworksDeleted: string[] }>("POST", "/networks/prune")).body.NetworksDeleted).toEqual(["unused"]);
  expect((await world.engine.call("POST", "/build/prune")).status).toBe(200);
  expect((await world.engine.call<{ ImagesDeleted: unknown[] | null }>("POST", "/images/prune")).body.ImagesDeleted ?? []).toEqual([]);
}, patience);

test("a registry is asked whether it knows somebody", async () => {
  const right = `Basic ${Buffer.from("ann:right").toString("base64")}`;
  using registry = Bun.serve({
    hostname: "127.0.0.1", port: 0,
    fetch: (request) => (request.headers.get("authorization") === right ? new Response("{}") : new Response("", { status: 401, headers: { "WWW-Authenticate": 'Basic realm="x"' } })),
  });
  const serveraddress = `127.0.0.1:${registry.port ?? 0}`;
  expect(await world.engine.call("POST", "/auth", { username: "ann", password: "right", serveraddress })).toEqual({ status: 200, body: { Status: "Login Succeeded", IdentityToken: "" } });
  expect((await world.engine.call("POST", "/auth", { username: "ann", password: "wrong", serveraddress })).status).toBe(401);
}, patience);
