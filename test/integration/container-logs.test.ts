import { afterAll, beforeAll, expect, test } from "bun:test";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { TestEngine } from "../engine-harness.ts";

let engine: TestEngine;

beforeAll(async () => {
  engine = await TestEngine.start();
  await engine.addBusybox();
}, 120_000);

afterAll(async () => { await engine.close(); }, 120_000);

const time = 120_000;

function docker(...words: readonly string[]): { status: number; stdout: string; stderr: string } {
  return engine.command("docker", ...words);
}

function logged(name: string, script: string, ...words: readonly string[]): void {
  expect(docker("run", "-d", "--name", name, ...words, "busybox", "sh", "-c", script).status).toBe(0);
  docker("wait", name);
}

test("logs: both streams, the last lines, bytes as they came, a line without an end", () => {
  logged("plain", "echo one; printf 'a\\000b\\377\\n'; i=0; while [ $i -lt 3000 ]; do printf 0123456789; i=$((i+1)); done; echo; printf end");
  const { stdout } = docker("logs", "plain");
  expect(stdout.length).toBe("one\na0bX\n".length + 30_000 + 1 + "end".length);
  expect(stdout.startsWith("one\na\0b")).toBe(true);
  expect(docker("logs", "--tail", "1", "plain").stdout).toBe("end");
  expect(docker("logs", "--tail", "2", "plain").stdout).toBe(`${"0123456789".repeat(3000)}\nend`);
  expect(docker("logs", "-n", "0", "plain").stdout).toBe("");
  logged("both", "echo out; echo err >&2");
  expect(docker("logs", "both")).toEqual({ status: 0, stdout: "out\n", stderr: "err\n" });
}, time);

test("logs: times and details", () => {
  logged("tagged", "echo one", "--log-opt", "labels=tier", "--log-opt", "tag={{.Name}}", "--label", "tier=front");
  expect(docker("logs", "-t", "tagged").stdout).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z one\n$/);
  expect(docker("logs", "--details", "tagged").stdout).toBe("tag=tagged,tier=front one\n");
  expect(docker("logs", "--since", "1h", "tagged").stdout).toBe("one\n");
  expect(docker("logs", "--until", "1h", "tagged").stdout).toBe("");
}, time);

test("logs --follow: everything, and it ends with the container", async () => {
  expect(docker("run", "-d", "--name", "followed", "busybox", "sh", "-c", "i=0; while [ $i -lt 2000 ]; do echo line $i; i=$((i+1)); done; read x < /dev/null; usleep 200000; echo last").status).toBe(0);
  const child = spawn("docker", ["logs", "-f", "followed"], { env: { ...process.env, DOCKER_HOST: engine.host }, stdio: ["ignore", "pipe", "inherit"] });
  const ended = once(child, "exit");
  let text = "";
  for await (const chunk of child.stdout) text += String(chunk);
  await ended;
  expect(text).toBe(`${Array.from({ length: 2000 }, (_, i) => `line ${i}\n`).join("")}last\n`);
}, time);

/** The numbers that a program counts up to, as far as they were logged; one that is missing or there twice is told. */
function counted(text: string): { readonly first: number; readonly last: number; readonly wrong: readonly string[] } {
  const lines = text.split("\n").slice(0, -1).map((line) => line.trim());
  const first = Number(lines[0]);
  return { first, last: Number(lines.at(-1)), wrong: lines.filter((line, i) => Number(line) !== first + i).slice(0, 3) };
}

function piecesOf(id: string): string[] {
  return readdirSync(join(engine.root, "d/containers", id)).filter((name) => name.includes(".log.")).map((name) => name.slice(id.length + 4)).sort();
}

/** Reads along until a number has come; what was read is the caller's to look at. */
async function follow(name: string, until: number, ...words: readonly string[]): Promise<string> {
  const child = spawn("docker", ["logs", "-f", ...words, name], { env: { ...process.env, DOCKER_HOST: engine.host }, stdio: ["ignore", "pipe", "inherit"] });
  let text = "";
  for await (const chunk of child.stdout) {
    text += String(chunk);
    if (Number(text.slice(text.lastIndexOf("\n", text.length - 2) + 1)) >= until) break;
  }
  child.kill("SIGKILL");
  return text.slice(0, text.lastIndexOf("\n") + 1);
}

const counting = "i=100000; while [ $i -lt 400000 ]; do echo $i; i=$((i+1)); done; sleep 1000";

test("logs: bounded, rotated and compressed while the program runs and while it is read; no line is lost or told twice, nor across a kill -9", async () => {
  const options = ["--log-opt", "max-size=600k", "--log-opt", "max-file=100", "--log-opt", "compress=true"];
  const id = docker("run", "-d", "--name", "counts", ...options, "busybox", "sh", "-c", counting).stdout.trim();
  expect(counted(await follow("counts", 150_000))).toEqual({ first: 100_000, last: expect.any(Number) as number, wrong: [] });
  for (let i = 0; i < 3; i++) {
    await engine.kill();
    await engine.run();
    expect(counted(await follow("counts", 180_000 + i * 20_000)).wrong).toEqual([]);
  }
  expect(counted(await follow("counts", 399_999))).toEqual({ first: 100_000, last: 399_999, wrong: [] });
  expect(piecesOf(id).filter((name) => name.endsWith(".gz")).length).toBeGreaterThan(3);
  expect(counted(docker("logs", "counts").stdout)).toEqual({ first: 100_000, last: 399_999, wrong: [] });
  expect(counted(docker("logs", "--tail", "200000", "counts").stdout)).toEqual({ first: 200_000, last: 399_999, wrong: [] });
  expect(docker("inspect", "-f", "{{.HostConfig.LogConfig}}", "counts").stdout).toBe("{json-file map[compress:true max-file:100 max-size:600k]}\n");
  // The same with both ends in time: from the middle of a piece to the middle of another.
  const stamped = docker("logs", "-t", "counts").stdout.split("\n");
  const [from = "", to = ""] = [stamped[50_000]?.split(" ")[0], stamped[250_000]?.split(" ")[0]];
  const between = stamped.slice(0, -1).filter((line) => (line.split(" ")[0] ?? "") >= from && (line.split(" ")[0] ?? "") <= to).map((line) => `${line.split(" ")[1]}\n`);
  // A line that conmon read in two pieces has two times: at either end may stand a part of one.
  const answered = docker("logs", "--since", from, "--until", to, "counts").stdout;
  expect(answered.includes(between.slice(1, -1).join(""))).toBe(true);
  expect(answered.length).toBeLessThan(between.join("").length + 2 * "400000\n".length);
  docker("rm", "-f", "counts");
}, 240_000);

test("logs: of what is too much the newest is kept", async () => {
  // With pauses: of what is written faster than it is rotated more is kept.
  const script = counting.replace("400000", "200000").replace("done;", "[ $((i % 4000)) != 0 ] || sleep 0.05; done;");
  const id = docker("run", "-d", "--name", "bounded", "--log-driver", "local", "--log-opt", "max-size=300k", "--log-opt", "max-file=3", "busybox", "sh", "-c", script).stdout.trim();
  expect(counted(await follow("bounded", 199_999)).last).toBe(199_999);
  // The first may be the rest of a line that began in what is gone.
  const whole = docker("logs", "bounded").stdout;
  const { first, last, wrong } = counted(whole.slice(whole.indexOf("\n") + 1));
  expect([last, wrong]).toEqual([199_999, []]);
  expect(first).toBeGreaterThan(110_000);
  expect(piecesOf(id)).toHaveLength(2);
  docker("rm", "-f", "bounded");
}, time);

test("logs: the daemon's driver and options are those of containers that name none", async () => {
  await using other = await TestEngine.start(["--log-driver", "local", "--log-opt", "max-size=1m", "--log-opt", "tag={{.Name}}"]);
  await other.addBusybox();
  const config = (...words: readonly string[]): string => {
    other.command("docker", "rm", "-f", "one");
    expect(other.command("docker", "run", "--name", "one", ...words, "busybox", "echo", "one").status).toBe(0);
    return other.command("docker", "inspect", "-f", "{{json .HostConfig.LogConfig}}", "one").stdout.trim();
  };
  expect(config()).toBe('{"Type":"local","Config":{"max-size":"1m","tag":"{{.Name}}"}}');
  expect(other.command("docker", "logs", "--details", "one").stdout).toBe("tag=one one\n");
  expect(config("--log-opt", "max-size=2m")).toBe('{"Type":"local","Config":{"max-size":"2m","tag":"{{.Name}}"}}');
  expect(config("--log-driver", "none")).toBe('{"Type":"none","Config":{}}');
  expect(other.command("docker", "info", "-f", "{{.LoggingDriver}}").stdout).toBe("local\n");
}, time);

test("logs: what goes to a syslog is kept as well, and goes on where it was after a kill -9", async () => {
  const { promise: complete, resolve } = Promise.withResolvers<undefined>();
  let received = "";
  const syslog = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data: (_, bytes) => {
    received += bytes.toString();
    if (received.includes("line 2000\n")) resolve(undefined);
  } } });
  const options = ["--log-driver", "syslog", "--log-opt", `syslog-address=tcp://127.0.0.1:${syslog.port}`, "--log-opt", "tag={{.Name}}"];
  const script = "i=1; while [ $i -le 1000 ]; do echo line $i; i=$((i+1)); done; read x; while [ $i -le 2000 ]; do echo line $i; i=$((i+1)); done";
  docker("run", "-d", "-i", "--name", "sent", ...options, "busybox", "sh", "-c", script);
  while (!received.includes("line 1000\n")) await new Promise((again) => { setTimeout(again, 5); });
  await engine.kill();
  await engine.run();
  const feed = spawn("docker", ["attach", "sent"], { env: { ...process.env, DOCKER_HOST: engine.host }, stdio: ["pipe", "ignore", "inherit"] });
  feed.stdin.end("go\n");
  await complete;
  docker("wait", "sent");
  const lines = received.split("\n").slice(0, -1);
  expect(lines[0]).toMatch(/^<30>\w{3} [ \d]\d \d\d:\d\d:\d\d sent\[\d+\]: line 1$/);
  // What was sent just before the kill may come twice; nothing is missing, and nothing changes places but for that.
  expect([...new Set(lines.map((line) => line.slice(line.indexOf("line"))))]).toEqual(Array.from({ length: 2000 }, (_, i) => `line ${i + 1}`));
  expect(docker("logs", "--tail", "1", "sent").stdout).toBe("line 2000\n");
  syslog.stop(true);
  expect(docker("start", "sent").stderr).toContain("failed to initialize logging driver: dial tcp 127.0.0.1");
  docker("create", "--name", "journal", "--log-driver", "journald", "busybox", "true");
  expect(docker("start", "journal").stderr).toContain("failed to initialize logging driver: journald is not enabled on this host");
  docker("create", "--name", "unkept", "--log-driver", "syslog", "--log-opt", "cache-disabled=true", "busybox", "true");
  expect(docker("logs", "unkept").stderr).toContain("configured logging driver does not support reading");
}, time);

test("logs: the driver none keeps nothing and says so; one that there is not is refused", () => {
  logged("silent", "echo one", "--log-driver", "none");
  const { status, stderr } = docker("logs", "silent");
  expect(status).not.toBe(0);
  expect(stderr).toContain("configured logging driver does not support reading");
  expect(docker("create", "--log-opt", "colour=red", "busybox").stderr).toContain("unknown log opt 'colour' for json-file log driver");
}, time);
