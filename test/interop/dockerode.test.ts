import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { createWriteStream, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { pipeline } from "node:stream/promises";
import { text } from "node:stream/consumers";
import Docker from "dockerode";
import { TestEngine } from "../engine-harness.ts";
import { demultiplexed } from "./demultiplexed.ts";

const reason = process.getuid?.() === 0 ? "" : " (skipped: an engine needs root)";

/** A program's way with containers, from creation to removal, on a real engine. */
describe.skipIf(reason !== "")(`dockerode and the engine${reason}`, () => {
  let engine: TestEngine;
  let docker: Docker;
  beforeAll(async () => {
    engine = await TestEngine.start();
    await engine.addBusybox();
    docker = new Docker({ socketPath: engine.socket });
  }, 120_000);
  afterAll(async () => { await engine.close(); }, 120_000);

  test("create, attach, start, wait, inspect, logs, remove", async () => {
    const container = await docker.createContainer({ Image: "busybox", Cmd: ["sh", "-c", "echo out; echo err >&2; exit 5"], name: "one" });
    const stream = await container.attach({ stream: true, stdout: true, stderr: true });
    const outputs = demultiplexed(docker, stream);
    await container.start();
    expect(await container.wait()).toMatchObject({ StatusCode: 5 });
    expect(await outputs).toEqual(["out\n", "err\n"]);
    expect((await container.inspect()).State).toMatchObject({ Status: "exited", ExitCode: 5, Running: false });
    expect((await container.logs({ stdout: true })).toString()).toContain("out\n");
    await container.remove();
    expect(await failure(container.inspect())).toEqual([404, `No such container: ${container.id}`]);
  }, 120_000);

  test("input through a hijacked connection, to its end", async () => {
    const container = await docker.createContainer({ Image: "busybox", Cmd: ["wc", "-c"], OpenStdin: true, StdinOnce: true, AttachStdin: true, name: "two" });
    const stream = await container.attach({ stream: true, hijack: true, stdin: true, stdout: true, stderr: true });
    const out = new PassThrough();
    docker.modem.demuxStream(stream, out, out);
    stream.on("end", () => { out.end(); });
    await container.start();
    stream.end(Buffer.alloc(1_000_000, "x"));
    expect(await text(out)).toBe("1000000\n");
    expect(await container.wait()).toMatchObject({ StatusCode: 0 });
    await container.remove();
  }, 120_000);

  test("exec with and without a terminal, and its exit code", async () => {
    const container = await docker.createContainer({ Image: "busybox", Cmd: ["sleep", "1000"], name: "three" });
    await container.start();
    const exec = await container.exec({ Cmd: ["sh", "-c", "echo in; exit 3"], AttachStdout: true, Tty: true });
    expect(await text(await exec.start({ Tty: true }))).toBe("in\r\n");
    expect(await exec.inspect()).toMatchObject({ ExitCode: 3, Running: false });
    await container.kill();
    await container.wait();
    await container.remove();
  }, 120_000);

  test("an image saved, removed and loaded again; volumes by name", async () => {
    const work = mkdtempSync(join(tmpdir(), "wharf-dockerode-"));
    try {
      await docker.getImage("busybox").tag({ repo: "copy", tag: "1" });
      const archive = join(work, "copy.tar");
      await pipeline(await docker.getImage("copy:1").get(), createWriteStream(archive));
      await docker.getImage("copy:1").remove();
      expect(await text(await docker.loadImage(archive))).toContain("Loaded image: copy:1");
      await docker.getImage("copy:1").remove();
      await docker.createVolume({ Name: "kept", Labels: { a: "b" } });
      expect((await docker.listVolumes({ filters: { label: ["a=b"] } })).Volumes.map(({ Name }) => Name)).toEqual(["kept"]);
      await docker.getVolume("kept").remove();
    } finally {
      rmSync(work, { recursive: true, force: true });
    }
  }, 120_000);
});

async function failure(work: Promise<unknown>): Promise<unknown> {
  try {
    return await work;
  } catch (error) {
    const { statusCode, json } = error as { statusCode: number; json: { message: string } };
    return [statusCode, json.message];
  }
}
