import { spawn } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { containerCreateBody } from "../../src/api/bodies/index.ts";
import { parseJson } from "../../src/api/decode/index.ts";
import { commandLine, parseAvailableCapabilities, resolveUser, runtimeSpec, type RuntimeSpec, type SpecRequest } from "../../src/engine/spec/index.ts";
import { openTree } from "../../src/host/files/index.ts";
import { findProgram } from "../../src/host/runtime/index.ts";

const applets = ["sh", "cat", "echo", "ls", "id", "pwd", "sleep", "stat", "grep", "hostname", "mount", "touch", "mkdir", "env", "ps", "sed", "head", "chmod", "unshare", "dd", "test", "readlink", "wc", "ping", "setpriv", "su", "awk", "sort", "tr", "df", "dmesg"];
export const passwd = "root:x:0:0:root:/root:/bin/sh\nann:x:1234:1234:Ann:/home/ann:/bin/sh\nwrapped:x:4294967296:0:x:/:/bin/sh\n";
export const group = "root:x:0:\nann:x:1234:\ncrew:x:2000:ann,bob\nwheel:x:2001:bob\n";

export const hostLimits = { cpus: cpus().length, cgroupVersion: existsSync("/sys/fs/cgroup/cgroup.controllers") ? 2 : 1, swap: false, ioWeight: false, cpuRealtime: false, tcpMemory: false } as const;

/** The runtimes that are installed. */
export const runtimes: readonly string[] = ["crun", "runc"].filter((name) => findProgram(name, process.env.PATH ?? "") !== undefined);

export interface Wish {
  /** What a client would send. */
  readonly body?: Readonly<Record<string, unknown>> & { readonly HostConfig?: Readonly<Record<string, unknown>> };
  readonly request?: Partial<SpecRequest>;
}

export interface Result {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a specification with a real runtime, without an engine: what the specification does in the kernel. */
export class SpecWorld {
  readonly folder = mkdtempSync(join(tmpdir(), "spec-"));
  readonly rootfs = join(this.folder, "rootfs");
  readonly parent = `/wharf-spec-${process.pid}`;
  #number = 0;

  constructor() {
    for (const path of ["bin", "etc", "proc", "dev", "sys", "tmp", "root"]) mkdirSync(join(this.rootfs, path), { recursive: true });
    copyFileSync("/bin/busybox", join(this.rootfs, "bin/busybox"));
    for (const applet of applets) symlinkSync("busybox", join(this.rootfs, "bin", applet));
    writeFileSync(join(this.rootfs, "etc/passwd"), passwd);
    writeFileSync(join(this.rootfs, "etc/group"), group);
  }

  spec(script: string, { body = {}, request = {} }: Wish = {}): RuntimeSpec {
    const whole = { Cmd: ["sh", "-c", script], ...body };
    const { HostConfig: host, ...config } = containerCreateBody(parseJson(JSON.stringify(whole)), "");
    commandLine(config);
    using tree = openTree(this.rootfs);
    return runtimeSpec({
      config, host, hostname: config.Hostname === "" ? "box" : config.Hostname,
      user: resolveUser(tree, config.User, host.GroupAdd ?? []),
      root: this.rootfs,
      namespaces: { network: "host", pid: "own", ipc: "own", uts: "own" },
      mounts: [],
      cgroupPath: `${this.parent}/c${this.#number}`,
      limits: hostLimits,
      availableCapabilities: parseAvailableCapabilities(readFileSync("/proc/self/status", "utf8")),
      architecture: process.arch === "arm64" ? "arm64" : "amd64",
      ...request,
    });
  }

  /** @param runtime crun is started where the unused v2 tree of a hybrid host is out of sight, as the engine does */
  async run(runtime: string, script: string, wish: Wish = {}): Promise<Result> {
    this.#number += 1;
    const bundle = join(this.folder, `b${this.#number}`);
    mkdirSync(bundle);
    writeFileSync(join(bundle, "config.json"), JSON.stringify(this.spec(script, wish)));
    const words = ["--root", join(this.folder, "state"), "run", "--bundle", bundle, `spec-${process.pid}-${this.#number}`];
    const hide = 'umount /sys/fs/cgroup/unified 2>/dev/null; exec "$@"';
    const child = spawn("unshare", ["--mount", "sh", "-c", hide, "sh", runtime, ...words], { stdio: ["ignore", "pipe", "pipe"] });
    const ended = once(child, "close");
    let stdout = "";
    let stderr = "";
    child.stdout.on("data", (chunk) => { stdout += String(chunk); });
    child.stderr.on("data", (chunk) => { stderr += String(chunk); });
    const [code] = (await ended) as [number | null];
    return { code: code ?? -1, stdout, stderr };
  }

  /** The output of a script that has to succeed. */
  async output(runtime: string, script: string, wish: Wish = {}): Promise<string> {
    const { code, stdout, stderr } = await this.run(runtime, script, wish);
    if (code !== 0) throw new Error(`exit code ${code}: ${stderr}${stdout}`);
    return stdout;
  }

  close(): void {
    rmSync(this.folder, { recursive: true });
    for (const tree of ["", ...readdirSync("/sys/fs/cgroup")]) {
      const path = join("/sys/fs/cgroup", tree, this.parent);
      if (existsSync(path)) rmdirSync(path);
    }
  }
}
