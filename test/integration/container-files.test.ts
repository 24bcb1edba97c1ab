import { afterAll, beforeAll, expect, test } from "bun:test";
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ContainerWorld } from "./container-world.ts";

const limit = 120_000;
let world: ContainerWorld;

beforeAll(async () => { world = await ContainerWorld.open(); }, limit);
afterAll(async () => { await world[Symbol.asyncDispose](); }, limit);

/** A folder of the test's own below the engine's root. */
function folder(files: Readonly<Record<string, string>> = {}): string {
  const made = mkdtempSync(join(world.engine.root, "files-"));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(made, name, ".."), { recursive: true });
    writeFileSync(join(made, name), text);
  }
  return made;
}

/** Members of an archive that the engine answers with, as GNU tar lists them. */
async function listed(path: string): Promise<string[]> {
  const response = await fetch(`http://engine${path}`, { unix: world.engine.socket });
  if (response.status !== 200) throw new Error(await response.text());
  const { stdout } = spawnSync("tar", ["-tP"], { input: await response.bytes(), encoding: "utf8" });
  return stdout.trimEnd().split("\n");
}

async function put(target: string, ...names: readonly string[]): Promise<{ status: number; text: string }> {
  const from = folder(Object.fromEntries(names.map((name) => [name, name])));
  const { stdout } = spawnSync("tar", ["-C", from, "-c", ...names]);
  const response = await fetch(`http://engine/containers/${target}`, { method: "PUT", unix: world.engine.socket, body: stdout, headers: { "Content-Type": "application/x-tar" } });
  return { status: response.status, text: await response.text() };
}

test("what a running container sees is what is copied: its root, volumes, binds, tmpfs and the engine's files", async () => {
  const bound = folder({ "deep/file": "bound" });
  const script = "echo own > /own; echo v > /vol/file; echo t > /tmpfs/file; mkdir -p /run/service; ln -s /run /var/run; echo pid > /run/service/pid; echo ready; sleep 1000";
  const id = await world.run(script, { HostConfig: { Binds: ["files-volume:/vol", `${bound}:/bind`], Tmpfs: { "/tmpfs": "" } } });
  await world.logged(id, "ready");
  const read = (path: string): string => {
    const to = folder();
    world.output("cp", `${id}:${path}`, `${to}/copy`);
    return readFileSync(join(to, "copy"), "utf8");
  };
  expect(["/own", "/vol/file", "/bind/deep/file", "/tmpfs/file", "/var/run/service/pid", "var/run/../run/service/pid"].map(read)).toEqual(["own\n", "v\n", "bound", "t\n", "pid\n", "pid\n"]);
  expect(read("/etc/hosts")).toBe(`${world.output("exec", id, "cat", "/etc/hosts")}\n`);
  // What the kernel makes up is not there.
  expect(await listed(`/containers/${id}/archive?path=/proc`)).toEqual(["proc/"]);
  expect(world.docker("cp", `${id}:/proc/version`, "-").stderr).toContain(`Could not find the file /proc/version in container ${id}`);
  for (const place of ["/", "/vol", "/bind/deep", "/tmpfs", "/var/run/service"]) expect(await put(`${id}/archive?path=${place}`, "new")).toEqual({ status: 200, text: "" });
  const seen = world.output("exec", id, "cat", "/new", "/vol/new", "/bind/deep/new", "/tmpfs/new", "/run/service/new");
  expect([seen, readFileSync(join(bound, "deep/new"), "utf8")]).toEqual(["new".repeat(5), "new"]);
  world.output("rm", "-f", id);
}, limit);

test("a container that does not run: its volumes are there, and a start sees what was copied in and the other way round", async () => {
  const bound = folder({ "of-host": "host" });
  const id = await world.create("cat /root/first /vol/first; echo after > /root/after; ls /missing/place", { HostConfig: { Binds: ["files-stopped:/vol", `${bound}:/missing/place:ro`] } });
  for (const place of ["/root", "/vol"]) expect((await put(`${id}/archive?path=${place}`, "first")).status).toBe(200);
  expect(await put(`${id}/archive?path=/missing/place`, "x")).toEqual({ status: 403, text: '{"message":"mounted volume is marked read-only"}\n' });
  // The kernel keeps it too: here the archive itself leads there.
  expect((await put(`${id}/archive?path=/`, "missing/place/x")).status).toBe(403);
  expect(await listed(`/containers/${id}/archive?path=/missing`)).toEqual(["missing/", "missing/place/", "missing/place/of-host"]);
  await world.start(id);
  expect(await world.wait(id)).toBe(0);
  expect(world.output("logs", id)).toBe("firstfirstof-host");
  expect(await listed(`/containers/${id}/archive?path=/root`)).toEqual(["root/", "root/after", "root/first"]);
  expect(readdirSync(bound)).toEqual(["of-host"]);
  world.output("rm", id);
  expect(world.output("volume", "rm", "files-stopped")).toBe("files-stopped");
}, limit);

test("a read-only root is refused, a volume in it is not; both are read", async () => {
  const id = await world.run("sleep 1000", { HostConfig: { ReadonlyRootfs: true, Binds: ["files-ro:/vol", "files-ro:/again:ro"] } });
  expect(await put(`${id}/archive?path=/tmp`, "x")).toEqual({ status: 403, text: '{"message":"container rootfs is marked read-only"}\n' });
  expect(await put(`${id}/archive?path=/again`, "x")).toEqual({ status: 403, text: '{"message":"mounted volume is marked read-only"}\n' });
  expect((await put(`${id}/archive?path=/vol`, "x")).status).toBe(200);
  expect(await listed(`/containers/${id}/archive?path=/again/.`)).toEqual(["./", "./x"]);
  world.output("rm", "-f", id);
}, limit);

test("a copy goes on while the container starts and ends: one file system all the time", async () => {
  const id = await world.create("echo started > /started; sleep 1000");
  const size = 8 * 1024 * 1024;
  let isSeen: () => void = () => undefined;
  const seen = new Promise<void>((resolve) => { isSeen = resolve; });
  const source = folder({ "a-first": "first" });
  spawnSync("truncate", ["-s", String(size), join(source, "big")]);
  const { stdout } = spawnSync("tar", ["-C", source, "-c", "a-first", "big"], { maxBuffer: 2 * size });
  async function* halting(): AsyncGenerator<Uint8Array> {
    yield stdout.subarray(0, size / 2);
    await seen;
    yield stdout.subarray(size / 2);
  }
  const copying = world.client.call("putContainerArchive", { path: { id }, query: { path: "/tmp" }, body: halting() });
  while (!(await listed(`/containers/${id}/archive?path=/tmp`)).includes("tmp/a-first"));
  await world.start(id);
  while (world.docker("exec", id, "test", "-e", "/started").status !== 0);
  expect(world.output("exec", id, "cat", "/tmp/a-first")).toBe("first");
  isSeen();
  await copying;
  expect(world.output("exec", id, "stat", "-c", "%s", "/tmp/big")).toBe(String(size));
  expect(await listed(`/containers/${id}/archive?path=/started`)).toEqual(["started"]);
  world.output("rm", "-f", id);
}, limit);

test("an engine that was killed copies out of what ran on", async () => {
  const id = await world.run("echo before > /before; echo ready; sleep 1000", { HostConfig: { Binds: ["files-kept:/vol"] } });
  await world.logged(id, "ready");
  expect(await listed(`/containers/${id}/archive?path=/before`)).toEqual(["before"]);
  await world.engine.kill();
  await world.engine.run();
  expect((await put(`${id}/archive?path=/vol`, "after")).status).toBe(200);
  expect(await listed(`/containers/${id}/archive?path=/before`)).toEqual(["before"]);
  expect(world.output("exec", id, "cat", "/vol/after")).toBe("after");
  world.output("rm", "-f", id);
}, limit);

test("a client that goes away, and a container that does, leave no mount behind", async () => {
  const id = await world.create("true");
  const source = folder();
  spawnSync("sh", ["-c", "head -c 30000000 /dev/zero > big"], { cwd: source });
  world.output("cp", `${source}/big`, `${id}:/big`);
  const aborted = new AbortController();
  const first = await world.client.bytes("containerArchive", { path: { id }, query: { path: "/big" }, signal: aborted.signal });
  await first.output[Symbol.asyncIterator]().next();
  aborted.abort();
  const second = await fetch(`http://engine/containers/${id}/export`, { unix: world.engine.socket });
  const other = second.body?.getReader();
  await other?.read();
  expect(world.output("rm", id)).toBe(id);
  // To its end, which is a break: what was to come is gone.
  for (let next = await other?.read().catch(() => undefined); next !== undefined && !next.done; next = await other?.read().catch(() => undefined));
  const views = (): string[] => {
    const mounts = readFileSync(`/proc/${world.engine.pid}/mountinfo`, "utf8").split("\n");
    return mounts.filter((line) => line.includes(`${world.engine.root}/x/views`));
  };
  while (views().length > 0 || readdirSync(join(world.engine.root, "x/views")).length > 0) await Bun.sleep(10);
}, limit);

test("diff: what a program changed, and nothing that the engine did", async () => {
  const id = await world.run("rm /etc/group; echo x >> /etc/passwd; mkdir /new; echo 1 > /new/one; chmod 700 /root; echo ready; sleep 1000");
  await world.logged(id, "ready");
  const wanted = ["C /etc", "D /etc/group", "C /etc/passwd", "A /new", "A /new/one", "C /root"];
  expect(world.output("diff", id).split("\n")).toEqual(wanted);
  expect(world.engine.command("wharf", "container", "diff", id).stdout.trimEnd().split("\n")).toEqual(wanted);
  world.output("kill", id);
  await world.wait(id);
  expect(world.output("diff", id).split("\n")).toEqual(wanted);
  world.output("rm", id);
  const still = await world.create("true");
  expect((await world.engine.call("GET", `/containers/${still}/changes`)).body).toBeNull();
  world.output("rm", still);
}, limit);

test("export: the root with nothing that is mounted in it, running or not, and an import of it runs", async () => {
  const id = await world.run("echo mine > /mine; echo no > /vol/no; echo ready; sleep 1000", { HostConfig: { Binds: ["files-export:/vol"] } });
  await world.logged(id, "ready");
  const names = await listed(`/containers/${id}/export`);
  expect(names).toContain("mine");
  expect(names.filter((name) => /^(vol|proc|sys|dev|\.dockerenv)/.test(name))).toEqual([".dockerenv", "dev/", "dev/console", "dev/pts/", "dev/shm/", "proc/", "sys/", "vol/"]);
  const to = join(folder(), "root.tar");
  const ran = world.engine.command("wharf", "export", "-o", to, id);
  expect({ status: ran.status, stderr: ran.stderr }).toEqual({ status: 0, stderr: "" });
  world.output("rm", "-f", id);
  world.output("import", to, "exported");
  expect(world.output("run", "--rm", "exported", "/bin/cat", "/mine", "/etc/hostname")).toStartWith("mine\n");
  world.output("rmi", "exported");
}, limit);

test("commit: layer, configuration, history and event; the program stands still meanwhile and goes on", async () => {
  const script = "rm -r /home; mkdir -p /home/new; echo kept > /kept; rm /etc/group; echo no > /vol/no; echo ready; while :; do usleep 1000; done";
  const id = await world.run(script, { Env: ["A=1"], Labels: { own: "1" }, HostConfig: { Binds: ["files-commit:/vol"] } });
  await world.logged(id, "ready");
  const since = String(Date.now() / 1000);
  const image = world.output("commit", "-a", "Ann <ann@example.org>", "-m", "a message", "-c", "ENV B=2", "-c", 'CMD ["cat", "/kept"]', "-c", "EXPOSE 80", id, "committed:1");
  const events = world.output("events", "--since", since, "--until", String(Date.now() / 1000 + 0.001), "--format", "{{.Type}} {{.Action}} {{.Actor.Attributes.imageRef}} {{.Actor.Attributes.comment}}");
  expect(events.split("\n")).toEqual(["container pause <no value> <no value>", "image tag <no value> <no value>", "container commit committed:1 a message", "container unpause <no value> <no value>"]);
  expect((await world.inspect(id)).State).toMatchObject({ Running: true, Paused: false });
  const { body } = await world.engine.call<{ Id: string; Author: string; Comment: string; Config: Record<string, unknown>; RootFS: { Layers: string[] } }>("GET", "/images/committed:1/json");
  expect(body).toMatchObject({ Id: image, Author: "Ann <ann@example.org>", Comment: "a message", RootFS: { Layers: [expect.anything(), expect.anything()] } });
  expect(body.Config).toMatchObject({ Env: ["A=1", "B=2"], Cmd: ["cat", "/kept"], Labels: { own: "1" }, ExposedPorts: { "80/tcp": {} } });
  expect(world.output("history", "--no-trunc", "--format", "{{.CreatedBy}}|{{.Comment}}", "committed:1").split("\n")[0]).toBe(`sh -c ${script}|a message`);
  expect(world.output("run", "--rm", "committed:1")).toBe("kept");
  expect(world.output("run", "--rm", "committed:1", "ls", "-A", "/home", "/vol")).toBe("/home:\nnew\n\n/vol:");
  expect(world.docker("run", "--rm", "committed:1", "ls", "/etc/group").status).not.toBe(0);
  world.output("exec", id, "true");
  world.output("rm", "-f", id);
  // Saved, and loaded by what knows only the archive.
  const file = join(folder(), "saved.tar");
  world.output("save", "-o", file, "committed:1");
  world.output("rmi", "committed:1");
  world.output("load", "-i", file);
  expect(world.output("run", "--rm", "committed:1")).toBe("kept");
  world.output("rmi", "committed:1");
}, limit);

test("commit of nothing new makes no layer, and a wrong name or change makes no image", async () => {
  const id = await world.create("true");
  const image = world.output("commit", id);
  const layers = (ref: string): string => world.output("image", "inspect", "-f", "{{json .RootFS.Layers}}", ref);
  expect(layers(image)).toBe(layers("busybox"));
  const before = world.output("images", "-aq");
  for (const [query, status] of [["repo=UPPER", 400], ["repo=a&tag=b:c", 400], ["changes=RUN%20x", 400], ["changes=NOPE", 400]] as const) {
    expect((await world.engine.call("POST", `/commit?container=${id}&${query}`)).status).toBe(status);
  }
  expect(world.output("images", "-aq")).toBe(before);
  expect(readdirSync(join(world.engine.root, "d/tmp"))).toEqual([]);
  world.output("rm", id);
  world.output("rmi", image);
}, limit);

test("commit --pause=false does not stop the program, and one that is paused stays so", async () => {
  const id = await world.run("sleep 1000");
  const since = String(Date.now() / 1000);
  const first = world.output("commit", "--pause=false", id);
  world.output("pause", id);
  const second = world.output("commit", id);
  expect((await world.inspect(id)).State.Paused).toBe(true);
  const events = world.output("events", "--since", since, "--until", String(Date.now() / 1000 + 0.001), "--filter", `container=${id}`, "--format", "{{.Action}}");
  expect(events.split("\n")).toEqual(["commit", "pause", "commit"]);
  world.output("unpause", id);
  world.output("rm", "-f", id);
  world.output("rmi", "-f", first, second);
}, limit);

test("links of a container end in its root: nothing of the host is read or written through them", async () => {
  const outside = folder({ canary: "of the host" });
  const up = "../".repeat(20);
  const id = await world.create("true");
  const source = folder();
  symlinkSync(outside, join(source, "absolute"));
  symlinkSync(`${up}${outside}`, join(source, "up"));
  const { stdout } = spawnSync("tar", ["-C", source, "-c", "absolute", "up"]);
  await fetch(`http://engine/containers/${id}/archive?path=/`, { method: "PUT", unix: world.engine.socket, body: stdout, headers: { "Content-Type": "application/x-tar" } });
  for (const link of ["absolute", "up"]) {
    expect((await world.engine.call("GET", `/containers/${id}/archive?path=/${link}/canary`)).status).toBe(404);
    expect((await put(`${id}/archive?path=/${link}`, "written")).status).toBe(404);
    expect((await put(`${id}/archive?path=/`, `${link}/written`)).status).toBe(400);
  }
  expect(existsSync(join(outside, "written"))).toBe(false);
  // Where the path exists in the container, it is that one.
  world.output("cp", `${folder({ inner: "inner" })}/.`, `${id}:${outside.replace(/\/[^/]*$/, "")}`);
  world.output("rm", id);
}, limit);
