import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Cgroup, readCgroupLayout } from "../../src/host/cgroup/index.ts";
import { AttachSocket, prepareExec, startMonitor, takeExitCode, type Monitor, type MonitorRequest } from "../../src/host/conmon/index.ts";
import { Poller } from "../../src/host/poll/index.ts";
import { ProcessHandle } from "../../src/host/process/index.ts";
import { succeed, systemCall } from "../../src/host/libc/index.ts";
import { readMounts, setPropagation, unmount } from "../../src/host/mount/index.ts";
import { chooseRuntime, hasHybridCgroups, StartFailure, type Runtime } from "../../src/host/runtime/index.ts";

/** The cgroup that holds those of all containers here. */
const groups = `/wharf-test-${process.pid}`;
let folder: string;
let poller: Poller;
let runtime: Runtime;
let began: { name: string; monitor: Monitor }[] = [];

/** For this thread and the programs that it starts. */
function hideUnifiedTree(): void {
  const unshare = systemCall<[number]>("unshare", "i");
  succeed(unshare(0x20000), () => "make a mount namespace");
  setPropagation("/", "slave", true);
  unmount("/sys/fs/cgroup/unified");
}

function processSpec(script: string): object {
  const capabilities = { bounding: [], effective: [], permitted: [] };
  return { args: ["/bin/sh", "-c", script], cwd: "/", env: ["PATH=/bin"], user: { uid: 0, gid: 0 }, capabilities };
}

function bundle(name: string, process: object): MonitorRequest {
  const path = join(folder, name);
  mkdirSync(join(path, "rootfs/bin"), { recursive: true });
  for (const mountPoint of ["dev", "proc"]) mkdirSync(join(path, "rootfs", mountPoint));
  copyFileSync("/bin/busybox", join(path, "rootfs/bin/busybox"));
  for (const applet of ["sh", "cat", "sleep"]) symlinkSync("busybox", join(path, "rootfs/bin", applet));
  const namespaces = ["pid", "mount", "ipc", "uts", "network"].map((type) => ({ type }));
  const mounts = [{ destination: "/proc", type: "proc", source: "proc" }];
  writeFileSync(join(path, "config.json"), JSON.stringify({ ociVersion: "1.0.2", process, root: { path: "rootfs" }, mounts, linux: { namespaces, cgroupsPath: `${groups}/${name}` } }));
  return {
    container: name, program: "/bin/sh", folder: path, exitFolder: join(folder, "exits"), runtime, terminal: false, stdin: true, log: join(path, "log"),
  };
}

async function ended(monitor: Monitor): Promise<void> {
  using handle = ProcessHandle.open(monitor.conmon);
  await handle?.exited(poller);
}

async function readAll(socket: AttachSocket): Promise<{ stdout: string; stderr: string }> {
  const text = { stdout: "", stderr: "" };
  for (let output = await socket.read(); output !== undefined; output = await socket.read()) {
    text[output.stream] += Buffer.from(output.bytes).toString();
  }
  return text;
}

describe.each(["runc", "crun"])("%s", (wanted) => {
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "conmon-"));
    poller = new Poller();
    // crun refuses machines whose cgroups are hybrid, so it runs where their unused half is out of sight.
    if (wanted === "crun" && hasHybridCgroups(readMounts())) hideUnifiedTree();
    runtime = chooseRuntime({ wanted, searchPath: process.env.PATH ?? "", root: join(folder, "runtime") });
    mkdirSync(join(folder, "exits"));
  });

  afterAll(async () => {
    for (const { name, monitor } of began) {
      await runtime.delete(name);
      ProcessHandle.open(monitor.conmon)?.kill("SIGKILL");
    }
    new Cgroup(readCgroupLayout(), groups).remove();
    began = [];
    poller.close();
    rmSync(folder, { recursive: true });
  });

  test("startMonitor: the program's streams, its log and its exit code", async () => {
    const request = bundle("streams", processSpec("read word; echo got $word; echo wrong >&2; exit 7"));
    const monitor = await startMonitor(request);
    began.push({ name: "streams", monitor });
    using socket = AttachSocket.connect(join(request.folder, "attach"), poller);
    await runtime.start("streams");
    expect(await socket.write(Buffer.from("hello\n"))).toBe(true);
    expect(await readAll(socket)).toEqual({ stdout: "got hello\n", stderr: "wrong\n" });
    await ended(monitor);
    expect(await takeExitCode(request.exitFolder, "streams")).toBe(7);
    expect(await takeExitCode(request.exitFolder, "streams")).toBeUndefined();
    expect(readFileSync(request.log ?? "", "utf8")).toMatch(/ stdout F got hello\n/);
  }, 60_000);

  test("AttachSocket: input ends by half, and a megabyte comes back whole", async () => {
    const request = bundle("half-close", processSpec("cat"));
    const monitor = await startMonitor(request);
    began.push({ name: "half-close", monitor });
    using socket = AttachSocket.connect(join(request.folder, "attach"), poller);
    await runtime.start("half-close");
    const input = Buffer.alloc(1024 * 1024, "0123456789\n");
    const output = readAll(socket);
    expect(await socket.write(input)).toBe(true);
    socket.endInput();
    expect((await output).stdout === input.toString()).toBe(true);
    await ended(monitor);
    expect(await takeExitCode(request.exitFolder, "half-close")).toBe(0);
  }, 60_000);

  test("prepareExec: nothing of a command's output is lost, and its exit code is its own", async () => {
    const request = bundle("execs", processSpec("sleep 1000"));
    const monitor = await startMonitor(request);
    began.push({ name: "execs", monitor });
    await runtime.start("execs");
    const own = join(folder, "exec-1");
    mkdirSync(join(own, "exits"), { recursive: true });
    const spec = join(own, "process.json");
    writeFileSync(spec, JSON.stringify(processSpec("echo from exec; exit 3")));
    const exec = await prepareExec({ ...request, log: join(own, "log"), folder: own, exitFolder: join(own, "exits"), exec: { processSpec: spec } });
    using socket = AttachSocket.connect(exec.socket, poller);
    const running = await exec.run();
    expect(await readAll(socket)).toEqual({ stdout: "from exec\n", stderr: "" });
    await ended(running);
    expect(await takeExitCode(join(own, "exits"), "execs")).toBe(3);
    await runtime.kill("execs", "KILL");
    await ended(monitor);
    expect(await takeExitCode(request.exitFolder, "execs")).toBe(137);
  }, 60_000);

  test("Runtime.delete: a group without processes is taken away with the runtime's state", async () => {
    const layout = readCgroupLayout();
    const request = bundle("ended", processSpec("exit 0"));
    const group = new Cgroup(layout, `${groups}/ended`);
    const monitor = await startMonitor(request);
    began.push({ name: "ended", monitor });
    await runtime.start("ended");
    expect(group.exists).toBe(true);
    await ended(monitor);
    await runtime.delete("ended", group);
    expect(group.exists).toBe(false);
    expect(existsSync(join(folder, "runtime", runtime.name, "ended"))).toBe(false);
  }, 60_000);

  test("Runtime.delete: a group with a process in it is the runtime's to kill", async () => {
    const layout = readCgroupLayout();
    const request = bundle("lives", processSpec("sleep 1000"));
    const group = new Cgroup(layout, `${groups}/lives`);
    const monitor = await startMonitor(request);
    began.push({ name: "lives", monitor });
    await runtime.start("lives");
    await runtime.delete("lives", group);
    await ended(monitor);
    expect(group.exists).toBe(false);
  }, 60_000);

  test("startMonitor: a program that does not exist is told in Docker's words, and nothing is left", async () => {
    const request = { ...bundle("missing", { ...processSpec(""), args: ["/bin/nothing"] }), program: "/bin/nothing" };
    const failure = await startMonitor(request).catch((error: unknown) => error);
    if (!(failure instanceof StartFailure)) throw new Error(`not a failed start: ${String(failure)}`);
    expect(failure.exitCode).toBe(127);
    expect(failure.message).toContain('exec: "/bin/nothing": stat /bin/nothing: no such file or directory');
    await runtime.delete("missing");
    expect(existsSync(join(folder, "runtime", runtime.name, "missing"))).toBe(false);
  }, 60_000);

  test("startMonitor: a running program costs the engine no descriptor", async () => {
    const request = bundle("idle", processSpec("sleep 1000"));
    const before = readdirSync("/proc/self/fd").length;
    const monitor = await startMonitor(request);
    began.push({ name: "idle", monitor });
    await runtime.start("idle");
    const after = (): number => readdirSync("/proc/self/fd").length;
    // The runtime of JavaScript closes descriptors in its own time.
    for (let i = 0; i < 1000 && after() > before; i++) await new Promise((resolve) => setImmediate(resolve));
    expect(after()).toBe(before);
  }, 60_000);

  test("AttachSocket.connectTaken: waits until conmon has taken the client, so that no output can come before it", async () => {
    const request = bundle("taken", processSpec("echo at once"));
    const monitor = await startMonitor(request);
    began.push({ name: "taken", monitor });
    process.kill(monitor.conmon.pid, "SIGSTOP");
    let isTaken = false;
    const connecting = AttachSocket.connectTaken(join(request.folder, "attach"), poller).finally(() => { isTaken = true; });
    // The runtime's start takes longer than any client that would not wait.
    await runtime.start("taken");
    expect(isTaken).toBe(false);
    process.kill(monitor.conmon.pid, "SIGCONT");
    using socket = await connecting;
    await ended(monitor);
    await readAll(socket);
    expect(await takeExitCode(request.exitFolder, "taken")).toBe(0);
  }, 60_000);
});
