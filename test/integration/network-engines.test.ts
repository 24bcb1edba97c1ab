import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "bun:test";
import { TestEngine } from "../engine-harness.ts";

const patience = 120_000;
const program = join(import.meta.dir, "../../src/wharf.ts");

let engine: TestEngine;
let port: number;

beforeAll(async () => {
  engine = await TestEngine.start();
  await engine.addBusybox();
  port = serve(engine);
}, patience);
afterAll(async () => { await engine.close(); }, patience);

/** A web server in a container, answering when this returns. @returns its port on the machine */
function serve(on: TestEngine): number {
  const started = on.command("docker", "run", "-d", "--name", "web", "-p", "80", "busybox", "sh", "-c", "mkdir /w; echo here > /w/index.html; exec httpd -f -h /w -p 80");
  expect(started.stderr).toBe("");
  on.command("docker", "exec", "web", "sh", "-c", "until wget -qO /dev/null http://127.0.0.1/; do usleep 20000; done");
  return Number(on.command("docker", "port", "web", "80/tcp").stdout.split("\n")[0]?.split(":").at(-1));
}

async function fetched(url: string): Promise<string> {
  return (await (await fetch(url, { signal: AbortSignal.timeout(10_000) })).text()).trim();
}

async function expectReachable(at: number): Promise<void> {
  expect(await fetched(`http://127.0.0.1:${at}/`)).toBe("here");
  expect(await fetched(`http://[::1]:${at}/`)).toBe("here");
}

/** A start that is to come to nothing, with names of its own. @returns how it ended and what is left of it in the kernel */
function refusedStart(bridge: string, ...words: readonly string[]) {
  const root = mkdtempSync(join(tmpdir(), "w-"));
  try {
    const { status, stderr } = spawnSync(process.execPath, [program, "daemon", "--data-root", join(root, "d"), "--exec-root", join(root, "x"), "--bridge", bridge, ...words],
      { encoding: "utf8", timeout: patience });
    const tables = spawnSync("nft", ["list", "tables"], { encoding: "utf8" }).stdout.split("\n").filter((line) => line.includes(bridge));
    const links = existsSync(`/sys/class/net/${bridge}`) ? [bridge] : [];
    const routes = spawnSync("ip", ["-6", "route", "show", "table", "local", "::1"], { encoding: "utf8" }).stdout.split("\n").filter((line) => line.includes(bridge));
    return { status, stderr, left: [...tables, ...links, ...routes] };
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

test("an engine that refuses an address has made nothing; one that finds its port taken leaves nothing; others go on", async () => {
  const refused = refusedStart(`${engine.bridge}r`, "-H", "tcp://0.0.0.0:4");
  expect(refused).toMatchObject({ status: 1, left: [] });
  expect(refused.stderr).toContain("refusing to listen on tcp://0.0.0.0:4 without TLS");
  await expectReachable(port);

  const nonsense = refusedStart(`${engine.bridge}n`, "-H", "unix:///tmp/never.sock", "-H", "gopher://x");
  expect(nonsense).toMatchObject({ status: 125, left: [] });

  const foreign = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => foreign.once("listening", resolve));
  try {
    const taken = refusedStart(`${engine.bridge}t`, "--allow-plain-tcp", "-H", `tcp://127.0.0.1:${(foreign.address() as { port: number }).port}`);
    expect(taken).toMatchObject({ status: 1, left: [] });
    expect(taken.stderr).toContain("cannot listen on 127.0.0.1");
  } finally {
    foreign.close();
  }
  await expectReachable(port);
}, patience);

test("a start that fails leaves the bridge of an engine whose containers live", async () => {
  await engine.stop();
  const foreign = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => foreign.once("listening", resolve));
  const words = ["--data-root", join(engine.root, "d"), "--exec-root", join(engine.root, "x"), "--bridge", engine.bridge, "--allow-plain-tcp",
    "-H", `tcp://127.0.0.1:${(foreign.address() as { port: number }).port}`];
  const failed = spawnSync(process.execPath, [program, "daemon", ...words], { encoding: "utf8", timeout: patience });
  foreign.close();
  expect(failed.status).toBe(1);
  await expectReachable(port);
  await engine.run();
  await expectReachable(port);
}, patience);

test("ports of two engines answer on 127.0.0.1 and [::1] while the other starts, is killed, ends and makes networks", async () => {
  await using other = await TestEngine.start();
  await expectReachable(port);
  await other.addBusybox();
  const otherPort = serve(other);
  await expectReachable(otherPort);
  await expectReachable(port);
  expect(other.command("docker", "network", "create", "--ipv6", "more").stderr).toBe("");
  await expectReachable(otherPort);
  await other.kill();
  await expectReachable(port);
  await expectReachable(otherPort);
  await other.run();
  await expectReachable(port);
  await expectReachable(otherPort);
  expect(other.command("docker", "network", "rm", "more").stderr).toBe("");
  await expectReachable(otherPort);
  await other.close();
  await expectReachable(port);
}, patience);
