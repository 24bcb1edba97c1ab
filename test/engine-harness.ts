import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { readMounts, unmount } from "../src/host/mount/index.ts";

const program = join(import.meta.dir, "../src/wharf.ts");

export interface Reply<T = unknown> {
  readonly status: number;
  readonly body: T;
}

/** How a command line ended. */
export interface Ran {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

let engines = 0;

/**
 * An engine of its own for a test: data, sockets and every name in the kernel are private, so that tests run beside each
 * other and beside a real engine. `close` takes everything away, whatever state the test left, and tells what leaked.
 */
export class TestEngine implements AsyncDisposable {
  readonly root: string;
  readonly bridge: string;
  readonly socket: string;
  readonly #arguments: readonly string[];
  readonly #environment: Readonly<Record<string, string>>;
  readonly #log: string[] = [];
  #process: ChildProcess | undefined;

  private constructor(extra: readonly string[], environment: Readonly<Record<string, string>>) {
    this.#environment = environment;
    engines += 1;
    this.root = realpathSync(mkdtempSync(join(tmpdir(), "w-")));
    this.bridge = `wt${process.pid.toString(36)}${engines.toString(36)}`;
    this.socket = join(this.root, "x/wharf.sock");
    this.#arguments = ["--data-root", join(this.root, "d"), "--exec-root", join(this.root, "x"), "--bridge", this.bridge, ...extra];
  }

  /**
   * @param extra further options of `wharf daemon`
   * @param environment what its process has beside the test's own variables
   */
  static async start(extra: readonly string[] = [], environment: Readonly<Record<string, string>> = {}): Promise<TestEngine> {
    const engine = new TestEngine(extra, environment);
    try {
      await engine.run();
      return engine;
    } catch (error) {
      await engine.close();
      throw error;
    }
  }

  get host(): string {
    return `unix://${this.socket}`;
  }

  /** What the engine has logged, all its runs together. */
  get log(): string {
    return this.#log.join("\n");
  }

  get pid(): number {
    return this.#process?.pid ?? 0;
  }

  /** Starts the engine again after `kill` or `stop`; resolves when it serves. */
  async run(): Promise<void> {
    const child = spawn(process.execPath, [program, "daemon", ...this.#arguments], {
      stdio: ["ignore", "ignore", "pipe"], env: { ...process.env, ...this.#environment },
    });
    this.#process = child;
    const lines = createInterface({ input: child.stderr });
    const { promise, resolve, reject } = Promise.withResolvers<undefined>();
    lines.on("line", (line) => {
      this.#log.push(line);
      if (line.includes("the engine is ready")) resolve(undefined);
    });
    child.once("exit", (code, signal) => { reject(new Error(`the engine ended with ${code ?? signal ?? "nothing"}:\n${this.log}`)); });
    await promise;
  }

  /** kill -9: the engine has no chance to tidy up. */
  async kill(): Promise<void> {
    await this.#end("SIGKILL");
  }

  /** The orderly end, which leaves containers running. */
  async stop(): Promise<void> {
    await this.#end("SIGTERM");
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#process;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const { promise, resolve } = Promise.withResolvers<undefined>();
    child.once("exit", () => { resolve(undefined); });
    child.kill(signal);
    await promise;
  }

  /** A call of the API; the body is decoded where it is JSON. */
  async call<T = unknown>(method: string, path: string, body?: unknown): Promise<Reply<T>> {
    const request = body === undefined ? {} : { body: JSON.stringify(body), headers: { "Content-Type": "application/json" } };
    const response = await fetch(`http://engine${path}`, { method, unix: this.socket, ...request });
    const text = await response.text();
    const isJson = response.headers.get("Content-Type")?.startsWith("application/json") === true && text !== "";
    return { status: response.status, body: (isJson ? JSON.parse(text) : text) as T };
  }

  /** The stock client, or wharf's own, run against this engine. */
  command(client: "docker" | "wharf", ...words: readonly string[]): Ran {
    const [path, ...start] = client === "docker" ? ["docker"] : [process.execPath, program];
    const result = spawnSync(path, [...start, ...words], {
      encoding: "utf8", timeout: 120_000, maxBuffer: 256 * 1024 * 1024, env: { ...process.env, DOCKER_HOST: this.host, WHARF_HOST: this.host },
    });
    return { status: result.status ?? -1, stdout: result.stdout, stderr: result.stderr };
  }

  /** What it prints; it has to succeed. */
  output(client: "docker" | "wharf", ...words: readonly string[]): string {
    const { status, stdout, stderr } = this.command(client, ...words);
    if (status !== 0) throw new Error(`${words.join(" ")} ended with ${status}: ${stderr}`);
    return stdout;
  }

  /** Puts busybox:latest into the store, made of the machine's own static busybox. */
  async addBusybox(name = "busybox"): Promise<void> {
    const response = await fetch(`http://engine/images/create?fromSrc=-&repo=${name}&tag=latest&changes=${encodeURIComponent('CMD ["sh"]')}`, {
      method: "POST", unix: this.socket, body: busyboxArchive(this.root), headers: { "Content-Type": "application/x-tar" },
    });
    const text = await response.text();
    if (response.status !== 200 || text.includes('"error"')) throw new Error(`cannot import busybox: ${response.status} ${text}`);
  }

  /** What is left of this engine in the kernel: for tests that removed everything themselves. */
  leftovers(): string[] {
    const owned = readMounts().filter(({ target }) => target.startsWith(`${this.root}/`)).map(({ target }) => `mount ${target}`);
    const links = readdirSync("/sys/class/net").filter((name) => name === this.bridge || name.startsWith(`${this.bridge}-`));
    return [...owned, ...links.map((name) => `link ${name}`), ...this.#processes().map(({ command }) => `process ${command}`)];
  }

  /** Programs whose command line names this engine's folders: conmon, runtimes, the engine itself. */
  #processes(): { pid: number; command: string }[] {
    return readdirSync("/proc").filter((name) => /^\d+$/.test(name)).flatMap((name) => {
      const command = readCommand(name);
      return command.includes(`${this.root}/`) ? [{ pid: Number(name), command }] : [];
    });
  }

  async close(): Promise<void> {
    if (this.#process !== undefined && this.#process.exitCode === null && this.#process.signalCode === null) await this.#removeContainers();
    await this.#end("SIGTERM");
    for (const { pid } of this.#processes()) killTree(pid);
    for (const { target } of readMounts().reverse()) if (target.startsWith(`${this.root}/`)) unmount(target);
    spawnSync("ip", ["link", "delete", this.bridge], { stdio: "ignore" });
    removeTables(this.bridge);
    rmSync(this.root, { recursive: true, force: true });
  }

  async #removeContainers(): Promise<void> {
    const { body, status } = await this.call<{ Id: string }[]>("GET", "/containers/json?all=1");
    if (status !== 200) return;
    await Promise.all(body.map(async ({ Id }) => this.call("DELETE", `/containers/${Id}?force=1&v=1`)));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

function readCommand(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
  } catch {
    // It ended while the list was read.
    return "";
  }
}

/** conmon and the container below it, which would otherwise live on without a watcher. */
function killTree(pid: number): void {
  const children = existsSync(`/proc/${pid}/task/${pid}/children`) ? readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8") : "";
  for (const child of children.split(" ")) if (child.trim() !== "") killTree(Number(child));
  try {
    process.kill(pid, "SIGKILL");
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ESRCH")) throw error;
  }
}

function removeTables(bridge: string): void {
  const listed = spawnSync("nft", ["list", "tables"], { encoding: "utf8" }).stdout;
  for (const line of listed.split("\n")) {
    const [, family = "", name = ""] = /^table (\w+) (\S+)$/.exec(line) ?? [];
    if (name.endsWith(bridge)) spawnSync("nft", ["delete", "table", family, name], { stdio: "ignore" });
  }
}

const applets = ["sh", "echo", "cat", "true", "false", "sleep", "ls", "id", "env", "mount", "ps", "kill", "wc", "head", "yes", "dd", "touch", "stat", "hostname", "pwd", "grep",
  "ip", "nc", "wget", "httpd", "test", "mkdir", "rm", "chmod", "chown", "ln", "readlink", "date", "tr", "seq", "sed", "awk", "df", "nslookup", "ping", "stty", "printf", "od", "tail", "sort", "cut", "mknod", "mkfifo", "umount", "unshare", "nproc", "free", "md5sum", "xargs", "find", "tee", "trap", "cp", "mv", "tty", "uname", "which", "timeout", "setsid", "nohup", "du", "sync", "truncate", "su", "adduser", "expr", "basename", "dirname", "vi", "arp", "ifconfig", "route", "netstat", "telnet", "traceroute", "usleep", "whoami", "groups", "killall", "pgrep", "pkill", "top", "uptime", "mountpoint", "losetup", "chroot", "sha256sum", "base64", "hexdump", "rmdir", "getopt", "install", "link", "unlink", "realpath", "seq", "split", "strings", "stat", "tac", "uniq", "uudecode"];

function busyboxArchive(root: string): Buffer {
  const folder = join(root, "busybox-root");
  const script = `mkdir -p bin etc root tmp dev proc sys var usr/bin && chmod 1777 tmp && cp /bin/busybox bin/busybox
for applet in ${[...new Set(applets)].join(" ")}; do [ -e bin/$applet ] || ln -s busybox bin/$applet; done
printf 'root:x:0:0:root:/root:/bin/sh\\ndaemon:x:1:1:daemon:/usr/sbin:/bin/false\\nuser:x:1000:1000:user:/home/user:/bin/sh\\nnobody:x:65534:65534:nobody:/:/bin/false\\n' > etc/passwd
printf 'root:x:0:\\ndaemon:x:1:\\nextra:x:200:user\\nuser:x:1000:\\nnobody:x:65534:\\n' > etc/group`;
  const made = spawnSync("sh", ["-ec", `mkdir -p ${folder}; cd ${folder}; ${script}`], { encoding: "utf8" });
  if (made.status !== 0) throw new Error(`cannot make a root of busybox: ${made.stderr}`);
  const archive = spawnSync("tar", ["-C", folder, "--numeric-owner", "-c", "."], { maxBuffer: 64 * 1024 * 1024 });
  rmSync(folder, { recursive: true });
  return archive.stdout;
}
