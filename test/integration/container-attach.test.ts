import { afterAll, beforeAll, expect, test } from "bun:test";
import { splitFrames, type OutputName } from "../../src/client/sdk/index.ts";
import { ContainerWorld, type HijackedStream } from "./container-world.ts";

const limit = 120_000;
let world: ContainerWorld;

beforeAll(async () => { world = await ContainerWorld.open(); }, limit);
afterAll(async () => { await world[Symbol.asyncDispose](); }, limit);

const everything = { stream: true, stdin: true, stdout: true, stderr: true } as const;

async function attach(id: string, query: Readonly<Record<string, unknown>> = everything): Promise<HijackedStream> {
  return await world.client.hijack("containerAttach", { path: { id }, query });
}

async function readFrames({ output }: HijackedStream): Promise<Record<OutputName, string>> {
  const text: Record<OutputName, string> = { stdout: "", stderr: "" };
  for await (const { stream, bytes } of splitFrames(output)) text[stream] += Buffer.from(bytes).toString();
  return text;
}

async function readRaw({ output }: HijackedStream, onOutput: (seen: string) => Promise<void>): Promise<string> {
  let text = "";
  for await (const chunk of output) {
    text += Buffer.from(chunk).toString();
    await onOutput(text);
  }
  return text;
}

test("attached before the start, nothing of the first output is missed", async () => {
  const id = await world.create("echo first; echo second >&2");
  const stream = await attach(id);
  await world.start(id);
  expect(await readFrames(stream)).toMatchObject({ stdout: "first\n", stderr: "second\n" });
}, limit);

test("input ends by half, and what it made comes back whole", async () => {
  const id = await world.create("md5sum; echo done", { OpenStdin: true, StdinOnce: true });
  const stream = await attach(id);
  await world.start(id);
  await stream.connection.write(Buffer.alloc(3_000_000, "x"));
  stream.connection.endWriting();
  const { stdout } = await readFrames(stream);
  expect(stdout).toBe(`${new Bun.CryptoHasher("md5").update(Buffer.alloc(3_000_000, "x")).digest("hex")}  -\ndone\n`);
}, limit);

test("eight megabytes of output come whole to two clients at once", async () => {
  const id = await world.create("dd if=/dev/zero bs=64k count=128 2>/dev/null | tr '\\0' 'z'");
  const streams = [await attach(id), await attach(id)];
  await world.start(id);
  const texts = await Promise.all(streams.map(async (stream) => (await readFrames(stream)).stdout));
  expect(texts.map((text) => text.length)).toEqual([8_388_608, 8_388_608]);
  expect(await world.wait(id)).toBe(0);
}, limit);

test("only the streams that were asked for; the log first, then what comes", async () => {
  const id = await world.run("echo early; read word; echo late $word; echo error >&2", { OpenStdin: true });
  await world.logged(id, "early");
  const stream = await attach(id, { ...everything, stderr: false, logs: true });
  await stream.connection.write(Buffer.from("word\n"));
  expect(await readFrames(stream)).toMatchObject({ stdout: "early\nlate word\n", stderr: "" });
}, limit);

test("a terminal is raw, echoes, and the detach keys let its program go on", async () => {
  const id = await world.create("stty size; read line; echo got $line; sleep 1000", { Tty: true, OpenStdin: true, HostConfig: { ConsoleSize: [30, 100] } });
  const stream = await attach(id, { ...everything, detachKeys: "ctrl-a,d" });
  await world.start(id);
  expect((await world.engine.call("POST", `/containers/${id}/resize?h=40&w=90`)).status).toBe(200);
  let said = false;
  const text = await readRaw(stream, async (seen) => {
    // Before the program has spoken the terminal's echo could come first.
    if (!said && /\d+ \d+\r\n/.test(seen)) {
      said = true;
      await stream.connection.write(Buffer.from("hello\n"));
    }
    if (!seen.includes("got hello")) return;
    await stream.connection.write(Buffer.from([1]));
    await stream.connection.write(Buffer.from("d"));
  });
  expect(text).toContain("hello\r\ngot hello\r\n");
  expect((await world.inspect(id)).State.Running).toBe(true);
}, limit);

test("docker run -i: the client's input is the program's", () => {
  const shell = Bun.spawnSync(["sh", "-c", "printf 'a\\nb\\n' | docker run --rm -i busybox sh -c 'cat; echo end'"], { env: { ...process.env, DOCKER_HOST: world.engine.host } });
  expect(shell.stdout.toString()).toBe("a\nb\nend\n");
}, limit);

test("wrong detach keys are refused", async () => {
  const id = await world.create("true");
  const { status, body } = await world.engine.call<{ message: string }>("POST", `/containers/${id}/attach?stream=1&stdout=1&detachKeys=ctrl-1`);
  expect(status).toBe(400);
  expect(body.message).toContain("Invalid detach keys");
}, limit);

test("a hundred clients that come and go leave nothing behind", async () => {
  const id = await world.run("sleep 1000");
  const before = (await world.engine.call<{ NFd: number }>("GET", "/info")).body.NFd;
  for (let round = 0; round < 10; round++) {
    const streams = await Promise.all(Array.from({ length: 10 }, () => attach(id)));
    for (const { connection } of streams) connection.close();
  }
  // A last attach and its end come after the others were taken note of.
  expect((await world.engine.call("DELETE", `/containers/${id}?force=1`)).status).toBe(204);
  const after = (await world.engine.call<{ NFd: number }>("GET", "/info")).body.NFd;
  expect(after).toBeLessThan(before + 10);
}, limit);
