import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { operations, type OperationName } from "../../api/operations/index.ts";
import { FakeServer } from "./fake/index.ts";
import { handlerOf } from "./handlers/index.ts";

let fake: FakeServer;
beforeAll(async () => { fake = await FakeServer.start(); });
afterAll(async () => { await fake[Symbol.asyncDispose](); });

const create = (body: string, name: string) => fake.request("POST", `/v1.50/containers/create?name=${name}`, { text: body });
const message = (text: string): unknown => (JSON.parse(text) as { message?: unknown }).message;

test("ping, with the headers that clients negotiate by", async () => {
  const reply = await fake.request("GET", "/_ping");
  expect(reply.status).toBe(200);
  expect(reply.body).toBe("OK");
  expect(Object.fromEntries(reply.headers)).toMatchObject({
    "api-version": "1.50", "docker-experimental": "false", ostype: "linux", "builder-version": "1", swarm: "inactive", "content-type": "text/plain; charset=utf-8",
  });
});

test("a HEAD reply has the headers and no body", async () => {
  const reply = await fake.request("HEAD", "/v1.24/_ping");
  expect([reply.status, reply.body, reply.headers.get("content-length")]).toEqual([200, "", "0"]);
});

test("golden: create", async () => {
  const body = '{"Image":"busybox","Cmd":["echo","x"]}';
  const request = `POST /v1.43/containers/create?name=golden HTTP/1.1\r\nHost: docker\r\nUser-Agent: Docker-Client/28.2.2 (linux)\r\nContent-Length: ${body.length}\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n${body}`;
  const reply = (await fake.exchange(request)).replace(/Date: [^\r]*/, "Date: D");
  const id = fake.backend.find("golden").id;
  expect(reply).toBe([
    "HTTP/1.1 201 Created", "Api-Version: 1.50", "Docker-Experimental: false", "Ostype: linux", "Server: wharf (linux)", "Content-Type: application/json",
    "Content-Length: 88", "Date: D", "Connection: close", "", `{"Id":"${id}","Warnings":[]}\n`,
  ].join("\r\n"));
});

describe("what is wrong with a request", () => {
  test.each([
    ["GET", "/nothing", 404, "page not found"],
    ["PUT", "/containers/json", 404, "page not found"],
    ["GET", "/v1.99/containers/json", 400, "client version 1.99 is too new. Maximum supported API version is 1.50"],
    ["GET", "/v1.10/info", 400, "client version 1.10 is too old. Minimum supported API version is 1.24, please upgrade your client to a newer version"],
    ["GET", "/v1.24/plugins", 404, "page not found"],
    ["GET", "/v1.25/plugins", 501, "GET /plugins is not supported by this engine yet"],
    ["GET", "/containers/json?limit=many", 400, 'invalid value "many" for limit: want a whole number in range'],
    ["GET", "/containers/json?filters=%7B%22foo%22%3A%5B%22x%22%5D%7D", 400, "invalid filter 'foo'"],
    ["GET", "/containers/nope/json", 404, "No such container: nope"],
    ["GET", "/containers/%ff/json", 400, 'malformed path "%ff"'],
    ["GET", "/containers/a%00b/json", 400, "a name must not hold a null character"],
    ["POST", "/containers/nope/resize?h=1", 400, "missing parameter w"],
    ["POST", "/containers/nope/wait?condition=sometime", 400, 'invalid value "sometime" for condition: want one of not-running, next-exit, removed'],
    ["GET", "/containers/nope/logs", 400, "Bad parameters: you must choose at least one stream"],
    ["POST", "/swarm/init", 503, 'This node is not a swarm manager. Use "docker swarm init" or "docker swarm join" to connect this node to swarm and try again.'],
    ["GET", "/images/busybox/json?manifests=1&platform=%7B%22os%22%3A%22a%22%2C%22architecture%22%3A%22b%22%7D", 400, "conflicting options: manifests and platform options cannot both be set"],
  ])("%s %s: %d %s", async (method, target, status, text) => {
    const reply = await fake.request(method, target);
    expect([reply.status, message(reply.body), reply.headers.get("content-type")]).toEqual([status, text, "application/json"]);
  });

  test.each([
    ["{", "application/json", "invalid JSON: unexpected end of JSON input"],
    ['{"HostConfig":{"Memory":"x"}}', "application/json", "invalid JSON: HostConfig.Memory: want a whole number, got a string"],
    ["{}", "text/plain", "unsupported Content-Type header (text/plain): must be 'application/json'"],
    ["", "application/json", "invalid JSON: got EOF while reading request body"],
    ["{}{}", "application/json", 'invalid JSON: invalid character "{" after the document, at offset 2'],
  ])("a create body of %p as %s", async (text, type, reason) => {
    const reply = await fake.request("POST", "/containers/create", { text, type });
    expect([reply.status, message(reply.body)]).toEqual([400, reason]);
  });
});

test("already started is 304 without a body, and a conflict is 409", async () => {
  await create('{"Image":"busybox","Cmd":["sleep"]}', "once");
  expect((await fake.request("POST", "/containers/once/start")).status).toBe(204);
  const again = await fake.request("POST", "/containers/once/start");
  expect([again.status, again.body]).toEqual([304, ""]);
  expect((await fake.request("POST", "/containers/once/stop")).status).toBe(204);
  await fake.request("POST", "/containers/once/wait");
  expect((await fake.request("POST", "/containers/once/kill")).status).toBe(409);
});

test("names with slashes, escapes and a leading slash are found", async () => {
  expect((await fake.request("GET", "/images/localhost:5000/a/b:1/json")).status).toBe(200);
  expect((await fake.request("GET", "/images/localhost%3A5000%2Fa%2Fb%3A1/history")).status).toBe(200);
});

test("several requests on one connection, the second before the first is answered", async () => {
  await using client = await fake.client();
  client.send("GET /_ping HTTP/1.1\r\nHost: x\r\n\r\nGET /version HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  const replies = (await client.all()).split("HTTP/1.1 200 OK").length - 1;
  expect(replies).toBe(2);
});

describe("replies in the shape of their version", () => {
  const get = async (target: string): Promise<unknown> => JSON.parse((await fake.request("GET", target)).body);

  test("images", async () => {
    expect(await get("/v1.50/images/json")).toEqual([expect.objectContaining({ RepoTags: [], Descriptor: expect.anything() as unknown })]);
    const [old] = await get("/v1.42/images/json") as [Record<string, unknown>];
    expect(old).toMatchObject({ RepoTags: ["<none>:<none>"], RepoDigests: ["<none>@<none>"], VirtualSize: 4_000_000 });
    expect("Descriptor" in old).toBe(false);
  });

  test("one image", async () => {
    expect((await get("/v1.50/images/busybox/json") as { Config: unknown }).Config).toEqual({ Cmd: ["sh"], Env: ["PATH=/bin"] });
    expect(await get("/v1.49/images/busybox/json")).toMatchObject({ Config: { Hostname: "", Tty: false, Labels: null }, Descriptor: {} });
    const old = await get("/v1.43/images/busybox/json") as Record<string, unknown>;
    expect([old["VirtualSize"], "Descriptor" in old]).toEqual([4_000_000, false]);
  });

  test("containers", async () => {
    await create('{"Image":"busybox","Hostname":"host"}', "shaped");
    const front = async (version: string): Promise<unknown> =>
      (await get(`/v${version}/containers/shaped/json`) as { NetworkSettings: { Networks: { front: unknown } } }).NetworkSettings.Networks.front;
    expect(await front("1.50")).toMatchObject({ GwPriority: 0, DNSNames: ["a"], Aliases: null });
    expect(await front("1.44")).toMatchObject({ DNSNames: ["a"], Aliases: [fake.backend.find("shaped").id.slice(0, 12), "host"] });
    expect(await front("1.43")).not.toHaveProperty("DNSNames");
  });

  test("create: what an older version could not know is dropped", async () => {
    const body = '{"Image":"busybox","Healthcheck":{"Test":["NONE"],"StartInterval":5},"HostConfig":{"Annotations":{"a":"b"},"Mounts":[{"Type":"bind","BindOptions":{"CreateMountpoint":true}}]}}';
    await fake.request("POST", "/v1.41/containers/create?name=old", { text: body });
    const { HostConfig, Healthcheck } = fake.backend.find("old").request.body;
    expect(Healthcheck).toEqual({ Test: ["NONE"] });
    expect([HostConfig.Annotations, HostConfig.Mounts]).toEqual([undefined, [{ Type: "bind", BindOptions: {} }]]);
  });

  test("system df: its rows are those of the lists; older versions do not choose", async () => {
    expect(await get("/v1.50/system/df?type=volume")).toMatchObject({ Images: null, Containers: null });
    expect(await get("/v1.50/system/df?type=stuff")).toEqual({ message: "unknown object type: stuff" });
    const newest = await get("/v1.50/system/df") as Record<string, unknown>;
    expect(newest).toMatchObject({ LayersSize: 4_000_000, Images: [{ RepoTags: [] }] });
    expect("BuilderSize" in newest).toBe(false);
    expect(await get("/v1.41/system/df?type=stuff")).toMatchObject({ Images: [{ RepoTags: ["<none>:<none>"], VirtualSize: 4_000_000 }], Containers: null, BuilderSize: 0 });
  });

  test("volume prune before 1.42 takes named volumes as well", async () => {
    const prune = async (version: string) => JSON.parse((await fake.request("POST", `/v${version}/volumes/prune`)).body) as unknown;
    expect(await prune("1.41")).toMatchObject({ VolumesDeleted: ["all"] });
    expect(await prune("1.42")).toMatchObject({ VolumesDeleted: [] });
  });
});

test("a request without end is taken whole by chunks, and a load that fails late says so in its last line", async () => {
  const send = (size: number): Promise<string> => fake.exchange(
    `POST /images/load?quiet=0 HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n${size.toString(16)}\r\n${"z".repeat(size)}\r\n0\r\n\r\n`,
  );
  expect(await send(5)).toContain('{"stream":"Loaded image: busybox:latest\\n"}\r\n');
  expect(await send(13)).toContain('{"errorDetail":{"message":"the archive is broken"},"error":"the archive is broken"}\r\n');
  expect((await fake.request("POST", "/images/load")).status).toBe(400);
  expect(fake.backend.uploads).toEqual([5, 13, 0]);
});

test("stats: a line for each sample, and one alone where no stream is wanted", async () => {
  await create('{"Image":"busybox"}', "measured");
  const samples = async (query: string): Promise<unknown[]> => {
    const reply = await fake.request("GET", `/v1.50/containers/measured/stats${query}`);
    expect(reply.headers.get("content-type")).toBe("application/json");
    // Between the lines are the sizes of the chunks that they came in.
    return reply.body.split("\n").filter((line) => line.startsWith("{")).map((line) => (JSON.parse(line) as { pids_stats: { current: number } }).pids_stats.current);
  };
  expect(await samples("")).toEqual([1, 2, 3]);
  expect(await samples("?stream=0&one-shot=1")).toEqual([1]);
  expect(message((await fake.request("GET", "/containers/nope/stats")).body)).toBe("No such container: nope");
});

test("pause, top, update and prunes: statuses and replies", async () => {
  await create('{"Image":"busybox","Cmd":["hold"]}', "changed");
  const { id } = fake.backend.find("changed");
  const post = async (path: string, text?: string): Promise<unknown[]> => {
    const reply = await fake.request("POST", path, text === undefined ? undefined : { text });
    return [reply.status, reply.body === "" ? "" : JSON.parse(reply.body) as unknown];
  };
  expect(await post("/containers/changed/pause")).toEqual([409, { message: `container ${id} is not running` }]);
  expect(await post("/containers/changed/update", '{"Memory":"much"}')).toMatchObject([400, {}]);
  expect(await post("/containers/changed/update", '{"Memory":6291456,"AddLabels":{"a":"b"}}')).toEqual([200, { Warnings: [] }]);
  expect(JSON.parse((await fake.request("GET", "/containers/changed/top?ps_args=-o%20pid")).body)).toEqual({ Titles: ["PID", "-o pid"], Processes: [["1", "sh -c x"]] });
  expect(await post("/containers/prune?filters=%7B%22status%22%3A%5B%22x%22%5D%7D")).toEqual([400, { message: "invalid filter 'status'" }]);
  expect(await post("/images/prune?filters=%7B%22dangling%22%3A%5B%22false%22%5D%7D")).toMatchObject([200, { SpaceReclaimed: 0 }]);
  expect(await post("/build/prune")).toEqual([200, { CachesDeleted: null, SpaceReclaimed: 0 }]);
  expect(await post("/system/check?repair=1")).toMatchObject([200, { Findings: [{ Subject: "blob", State: "repaired" }] }]);
});

test("events: one line each, with every digit of the nanoseconds", async () => {
  const reply = await fake.request("GET", "/events?until=1700000001.000000007");
  expect(reply.body).toContain('"time":1700000000,"timeNano":1700000001000000007}\n');
});

test("every implemented operation has a handler, and no other", () => {
  const names = Object.keys(operations) as OperationName[];
  const wrong = names.filter((name) => (operations[name].status === "implemented") !== (handlerOf(name) !== undefined));
  expect(wrong).toEqual([]);
});

test("an error of the engine itself is 500 and logged; a client's is not", async () => {
  await fake.request("GET", "/containers/nope/json");
  expect(fake.errors).toEqual([]);
  await using broken = await FakeServer.start();
  broken.backend.system.info = () => { throw new Error("it broke with https://user:secret@host/"); };
  const reply = await broken.request("GET", "/info");
  expect([reply.status, message(reply.body)]).toEqual([500, "it broke with https://***@host/"]);
  expect(broken.errors).toHaveLength(1);
});

test("the access log has no query, where secrets may be", async () => {
  await fake.request("GET", "/containers/secretname/json?x=secretquery");
  expect(fake.lines.at(-1)).toStartWith("GET /containers/{id}/json 404");
});
