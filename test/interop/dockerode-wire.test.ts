import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { text } from "node:stream/consumers";
import { PassThrough } from "node:stream";
import Docker from "dockerode";
import { FakeServer } from "../../src/engine/server/fake/index.ts";
import { demultiplexed } from "./demultiplexed.ts";

/** dockerode before the fake engine: what it sends is understood, and what it reads of streams is whole. */
describe("dockerode and the HTTP edge", () => {
  let fake: FakeServer;
  let docker: Docker;
  beforeAll(async () => {
    fake = await FakeServer.start();
    docker = new Docker({ socketPath: fake.path });
  });
  afterAll(async () => { await fake[Symbol.asyncDispose](); });

  test("create, attach, start, wait, remove; both outputs apart", async () => {
    const container = await docker.createContainer({ Image: "busybox", Cmd: ["fail", "bad"], name: "one" });
    const stream = await container.attach({ stream: true, stdout: true, stderr: true });
    const outputs = demultiplexed(docker, stream);
    await container.start();
    expect(await container.wait()).toEqual({ StatusCode: 3 });
    expect(await outputs).toEqual(["", "bad\n"]);
    await container.remove();
  }, 60_000);

  test("hijacked with input, which ends with the client's half", async () => {
    const container = await docker.createContainer({ Image: "busybox", Cmd: ["cat"], Tty: true, OpenStdin: true, name: "two" });
    const stream = await container.attach({ stream: true, hijack: true, stdin: true, stdout: true, stderr: true });
    await container.start();
    stream.write("typed ");
    stream.end("text");
    expect(await text(stream)).toBe("typed text");
  }, 60_000);

  test("exec, in a stream and inspected", async () => {
    const container = await docker.createContainer({ Image: "busybox", Cmd: ["sleep"], name: "three" });
    await container.start();
    const exec = await container.exec({ Cmd: ["echo", "in"], AttachStdout: true, Tty: true });
    const stream = await exec.start({ Tty: true });
    expect(await text(stream)).toBe("in\n");
    expect(await exec.inspect()).toMatchObject({ ExitCode: 0, Running: false });
    await container.stop();
    await container.wait();
  }, 60_000);

  test("logs as a whole and followed", async () => {
    const container = await docker.createContainer({ Image: "busybox", Cmd: ["echo", "line"], Tty: true, name: "four" });
    await container.start();
    await container.wait();
    expect((await container.logs({ stdout: true })).toString()).toBe("line\n");
    expect(await text(await container.logs({ stdout: true, follow: true }))).toBe("line\n");
  }, 60_000);

  test("lists with filters, and errors with their status", async () => {
    expect((await docker.listContainers({ all: true, filters: { status: ["exited"] } })).length).toBeGreaterThan(0);
    expect(await failure(docker.listContainers({ filters: { nosuch: ["x"] } }))).toEqual([400, "invalid filter 'nosuch'"]);
    expect(await failure(docker.getContainer("nope").inspect())).toEqual([404, "No such container: nope"]);
    expect(await failure(docker.swarmInit({}))).toEqual([503, expect.stringContaining("not a swarm manager") as unknown]);
  }, 60_000);

  test("load of an archive, events, ping, info", async () => {
    const archive = new PassThrough();
    archive.end("archive");
    expect(await text(await docker.loadImage(archive))).toContain("Loaded image: busybox:latest");
    const events = await docker.getEvents({ until: 1_700_000_001 });
    expect(JSON.parse(await text(events))).toMatchObject({ Type: "container", Action: "start" });
    expect((await docker.ping() as Buffer).toString()).toBe("OK");
    expect(await docker.info()).toMatchObject({ OSType: "linux" });
  }, 60_000);
});

async function failure(work: Promise<unknown>): Promise<unknown> {
  try {
    return await work;
  } catch (error) {
    const { statusCode, json } = error as { statusCode: number; json: { message: string } };
    return [statusCode, json.message];
  }
}
