import { afterAll, beforeAll, expect, test } from "bun:test";
import { readdirSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { TestEngine, type Ran } from "../engine-harness.ts";

let engine: TestEngine;

beforeAll(async () => {
  engine = await TestEngine.start();
  await engine.addBusybox();
}, 120_000);

afterAll(async () => { await engine.close(); }, 120_000);

const time = 120_000;

function run(...words: readonly string[]): Ran {
  return engine.command("docker", "run", "--rm", ...words);
}

function output(...words: readonly string[]): string {
  return engine.output("docker", "run", "--rm", ...words);
}

test("names: hostname, domain, hosts, resolv.conf", () => {
  expect(output("-h", "web", "--domainname", "example.test", "busybox", "sh", "-c", "hostname; cat /etc/hostname /proc/sys/kernel/domainname")).toBe("web\nweb\nexample.test\n");
  const hosts = output("--add-host", "one:192.0.2.1", "--add-host", "gate=host-gateway", "-h", "web", "busybox", "cat", "/etc/hosts");
  expect(hosts).toMatch(/^192\.0\.2\.1\tone$/m);
  expect(hosts).toMatch(/^\d+\.\d+\.\d+\.\d+\tgate$/m);
  expect(hosts).toMatch(/\tweb$/m);
  const resolver = output("--dns", "192.0.2.53", "--dns-search", "example.test", "--dns-option", "ndots:3", "busybox", "cat", "/etc/resolv.conf");
  expect(resolver).toContain("nameserver 192.0.2.53\n");
  expect(resolver).toContain("search example.test\n");
  expect(resolver).toContain("options ndots:3\n");
  expect(output("--uts", "host", "busybox", "hostname").trim()).toBe(hostname());
}, time);

test("program: entrypoint, command, working folder, environment", () => {
  expect(output("--entrypoint", "echo", "busybox", "a b", "c")).toBe("a b c\n");
  expect(output("-w", "/made/for/it", "busybox", "pwd")).toBe("/made/for/it\n");
  expect(output("-e", "A=1", "-e", "B=x=y", "-h", "web", "busybox", "sh", "-c", 'echo "$A|$B|$HOSTNAME|$HOME|$PATH"')).toBe(
    "1|x=y|web|/root|/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\n",
  );
  expect(output("-t", "-e", "TERM=vt100", "busybox", "sh", "-c", "echo $TERM")).toBe("vt100\r\n");
  expect(output("-t", "busybox", "sh", "-c", "tty; echo $TERM")).toBe("/dev/pts/0\r\nxterm\r\n");
}, time);

test("program: one that is not there, one that cannot be run, one that ends with a code or by a signal", () => {
  const missing = run("busybox", "nothing-here");
  expect([missing.status, missing.stdout]).toEqual([127, ""]);
  expect(missing.stderr).toContain('exec: "nothing-here": executable file not found in $PATH');
  const folder = run("busybox", "/etc");
  expect(folder.status).toBe(126);
  expect(folder.stderr).toContain("permission denied");
  expect(run("busybox", "sh", "-c", "exit 42").status).toBe(42);
  expect(run("--init", "busybox", "sh", "-c", "kill -9 $$").status).toBe(137);
}, time);

test("user: by name, number and group; one that is not there", () => {
  const id = "echo $(id -u) $(id -g) $(id -G) $HOME";
  expect(output("-u", "user", "busybox", "sh", "-c", id)).toBe("1000 1000 1000 200 /home/user\n");
  expect(output("-u", "1000:daemon", "--group-add", "extra", "--group-add", "77", "busybox", "sh", "-c", id)).toBe("1000 1 1 77 200 /home/user\n");
  const missing = run("-u", "nobody-here", "busybox", "true");
  expect(missing.status).toBe(125);
  expect(missing.stderr).toContain("unable to find user nobody-here: no matching entries in passwd file");
}, time);

test("CVE-2024-40635: a user whose number wraps around is refused, and does not become root", () => {
  for (const user of ["4294967296", "1:4294967296", "-1"]) {
    const { status, stdout } = run("-u", user, "busybox", "id", "-u");
    expect([user, status, stdout]).toEqual([user, 125, ""]);
  }
}, time);

test("CVE-2022-24769: nothing is inheritable for the program and for what exec starts", () => {
  expect(engine.command("docker", "run", "-d", "--name", "inherits", "--cap-add", "NET_ADMIN", "busybox", "sleep", "1000").status).toBe(0);
  for (const extra of [[], ["-u", "user"], ["--privileged"]]) {
    expect(engine.command("docker", "exec", ...extra, "inherits", "grep", "CapInh", "/proc/self/status", "/proc/1/status").stdout).toBe(
      "/proc/self/status:CapInh:\t0000000000000000\n/proc/1/status:CapInh:\t0000000000000000\n",
    );
  }
  engine.command("docker", "rm", "-f", "inherits");
}, time);

test("init: a program that reaps is first", () => {
  const lines = output("--init", "busybox", "ps", "-o", "pid,args").split("\n").map((line) => line.trim());
  expect(lines[1]).toBe("1 /sbin/docker-init -- ps -o pid,args");
  expect(lines[2]).toMatch(/^\d+ ps -o pid,args$/);
}, time);

test("namespaces: the host's, and those of another container", () => {
  const sleep = ["busybox", "sleep", "1000"];
  expect(engine.command("docker", "run", "-d", "--name", "first", "--ipc", "shareable", ...sleep).status).toBe(0);
  const list = output("--pid", "container:first", "busybox", "ps", "-o", "pid,args");
  expect(list).toMatch(/^\s*1 sleep 1000$/m);
  output("--ipc", "container:first", "busybox", "sh", "-c", "echo shared > /dev/shm/file");
  expect(engine.command("docker", "exec", "first", "cat", "/dev/shm/file").stdout).toBe("shared\n");
  expect(output("--network", "container:first", "busybox", "hostname", "-i")).toBe(engine.command("docker", "exec", "first", "hostname", "-i").stdout);
  expect(Number(output("--pid", "host", "busybox", "sh", "-c", "echo $$"))).toBeGreaterThan(1);
  const own = output("busybox", "sh", "-c", "for n in ipc uts pid net mnt; do readlink /proc/self/ns/$n; done").split("\n");
  const shared = output("--ipc", "host", "--uts", "host", "--pid", "host", "--network", "host", "busybox", "sh", "-c", "for n in ipc uts pid net mnt; do readlink /proc/self/ns/$n; done").split("\n");
  const host = ["ipc", "uts", "pid", "net"].map((name) => Bun.spawnSync(["readlink", `/proc/self/ns/${name}`]).stdout.toString().trim());
  expect(shared.slice(0, 4)).toEqual(host);
  for (const name of own.slice(0, 5)) expect(host).not.toContain(name);
  const second = engine.command("docker", "run", "-d", "--name", "second", ...sleep);
  expect(second.status).toBe(0);
  expect(run("--ipc", "container:second", "busybox", "true").stderr).toContain("non-shareable IPC (hint: use IpcMode:shareable for the donor container)");
  engine.command("docker", "rm", "-f", "first", "second");
  expect(readdirSync(join(engine.root, "x/shm"))).toEqual([]);
}, time);

test("limits: ulimits, out-of-memory score, sysctls, shared memory", () => {
  expect(output("--ulimit", "nofile=100:200", "--ulimit", "core=-1", "busybox", "sh", "-c", "ulimit -Sn; ulimit -Hn; ulimit -c")).toBe("100\n200\nunlimited\n");
  expect(output("--oom-score-adj", "321", "busybox", "cat", "/proc/self/oom_score_adj")).toBe("321\n");
  expect(output("--sysctl", "net.ipv4.ip_forward=0", "--sysctl", "kernel.msgmax=4321", "busybox", "cat", "/proc/sys/net/ipv4/ip_forward", "/proc/sys/kernel/msgmax")).toBe("0\n4321\n");
  expect(output("--shm-size", "1m", "busybox", "sh", "-c", "df -k /dev/shm | tail -1 | awk '{ print $2 }'")).toBe("1024\n");
}, time);

test("security: capabilities, no-new-privileges, seccomp, privileged, devices", () => {
  const bounding = (...words: readonly string[]): string => output(...words, "busybox", "grep", "CapBnd", "/proc/self/status").slice(8).trim();
  expect(bounding()).toBe("00000000a80425fb");
  expect(bounding("--cap-drop", "ALL", "--cap-add", "CHOWN")).toBe("0000000000000001");
  expect(run("--cap-add", "NONSENSE", "busybox", "true").stderr).toContain('invalid CapAdd: unknown capability: "CAP_NONSENSE"');
  expect(output("--security-opt", "no-new-privileges", "busybox", "grep", "NoNewPrivs", "/proc/self/status")).toBe("NoNewPrivs:\t1\n");
  expect(output("busybox", "grep", "Seccomp:", "/proc/self/status")).toBe("Seccomp:\t2\n");
  expect(output("--security-opt", "seccomp=unconfined", "busybox", "grep", "Seccomp:", "/proc/self/status")).toBe("Seccomp:\t0\n");
  expect(output("--privileged", "busybox", "sh", "-c", "mount -t tmpfs x /tmp && echo mounted; ls /dev | grep -c loop-control")).toBe("mounted\n1\n");
  expect(output("--device", "/dev/loop-control:/dev/loops:r", "busybox", "sh", "-c", ": < /dev/loops && echo opened")).toBe("opened\n");
  expect(run("--device", "/dev/not-there", "busybox", "true").stderr).toContain('error gathering device information while adding custom device "/dev/not-there": no such file or directory');
}, time);

test("security: each profile keeps its own filter, also where it was compiled for a container before, and commands have it too", () => {
  const profile = join(engine.root, "no-mkdir.json");
  writeFileSync(profile, JSON.stringify({ defaultAction: "SCMP_ACT_ALLOW", syscalls: [{ names: ["mkdir", "mkdirat"], action: "SCMP_ACT_ERRNO", errnoRet: 95 }] }));
  const filters = "grep -c 'Seccomp_filters:.1$' /proc/self/status";
  for (let round = 0; round < 2; round++) {
    expect(run("--security-opt", `seccomp=${profile}`, "busybox", "mkdir", "/made").stderr).toContain("Operation not supported");
    expect(output("busybox", "sh", "-c", `mkdir /made; unshare -U true 2>/dev/null || ${filters}`)).toBe("1\n");
    expect(output("--cap-add", "SYS_ADMIN", "busybox", "sh", "-c", `mount -t tmpfs none /tmp && ${filters}`)).toBe("1\n");
  }
  expect(engine.command("docker", "run", "-d", "--name", "filtered", "busybox", "sleep", "1000").status).toBe(0);
  expect(engine.command("docker", "exec", "filtered", "sh", "-c", `unshare -U true 2>/dev/null || ${filters}`).stdout).toBe("1\n");
  expect(engine.command("docker", "rm", "-f", "filtered").status).toBe(0);
}, time);

const refusals: readonly (readonly [words: readonly string[], text: string])[] = [
  [["-w", "relative"], "the working directory 'relative' is invalid, it needs to be an absolute path"],
  [["-m", "1m"], "Minimum memory limit allowed is 6MB"],
  [["-m", "64m", "--memory-swap", "32m"], "Minimum memoryswap limit should be larger than memory limit, see usage"],
  [["--cpuset-cpus", "4096"], "Requested CPUs are not available"],
  [["--oom-score-adj", "2000"], "Invalid value 2000, range for oom score adj is [-1000, 1000]"],
  [["--security-opt", "nonsense=1"], 'invalid --security-opt 2: "nonsense=1"'],
  [["--runtime", "none-such"], "unknown or invalid runtime name: none-such"],
  [["-v", "relative/path:/x"], "includes invalid characters for a local volume name"],
  [["-v", "/a:/x", "--tmpfs", "/x"], "Duplicate mount point: /x"],
  [["--mount", "type=tmpfs,dst=/"], "invalid mount config for type \"tmpfs\": invalid specification: destination can't be '/'"],
  [["--log-driver", "paper"], "paper"],
  [["--stop-signal", "SIGNONSENSE"], "SIGNONSENSE"],
  [["--cpu-rt-runtime", "500"], "no processor time is set aside for the real-time priorities of containers"],
  [["--cpu-rt-runtime", "2000", "--cpu-rt-period", "1000"], "cpu real-time runtime cannot be higher than cpu real-time period"],
  [["--gpus", "all"], 'could not select device driver "" with capabilities: [[gpu]]'],
];

for (const [words, text] of refusals) {
  test(`refused: ${words.join(" ")}`, () => {
    const { status, stderr } = run(...words, "busybox", "true");
    expect(stderr).toContain(text);
    expect(status).toBe(125);
    expect(engine.command("docker", "ps", "-aq").stdout).toBe("");
  }, time);
}
