import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { existsSync, mkdtempSync, openSync, closeSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const program = "/usr/sbin/dockerd";

/** Why no dockerd can be started here; undefined where one can. */
export function dockerdMissing(): string | undefined {
  return existsSync(program) ? undefined : "dockerd is not installed (Debian package docker.io)";
}

let started = 0;

/** A dockerd of its own, with private data and a private bridge, to compare with. */
export class Dockerd implements AsyncDisposable {
  readonly root: string;
  readonly #bridge: string;
  #process: ChildProcess | undefined;

  private constructor() {
    started += 1;
    this.root = mkdtempSync(join(tmpdir(), "dockerd-"));
    this.#bridge = `pd${process.pid.toString(36)}${started}`;
  }

  /** @param bridgeAddress with prefix; each dockerd that runs at once needs another */
  static async start(bridgeAddress = "10.213.0.1/24"): Promise<Dockerd> {
    const peer = new Dockerd();
    try {
      await peer.#run(bridgeAddress);
      return peer;
    } catch (error) {
      await peer.close();
      throw error;
    }
  }

  get host(): string {
    return `unix://${this.root}/docker.sock`;
  }

  get pid(): number {
    return this.#process?.pid ?? 0;
  }

  async #run(bridgeAddress: string): Promise<void> {
    must("ip", "link", "add", this.#bridge, "type", "bridge");
    must("ip", "address", "add", bridgeAddress, "dev", this.#bridge);
    must("ip", "link", "set", this.#bridge, "up");
    const log = openSync(join(this.root, "log"), "a");
    this.#process = spawn(program, [
      "--data-root", join(this.root, "data"), "--exec-root", join(this.root, "exec"), "--pidfile", join(this.root, "pid"),
      "--host", this.host, "--bridge", this.#bridge, "--group", "root",
    ], { stdio: ["ignore", log, log] });
    closeSync(log);
    await this.#answers();
  }

  /** dockerd does not tell when it is ready, so it is asked until it answers. */
  async #answers(): Promise<void> {
    for (let attempt = 0; attempt < 300; attempt++) {
      if (this.#process?.exitCode !== null) break;
      const status = await fetch("http://docker/_ping", { unix: join(this.root, "docker.sock") }).then((response) => response.status, () => 0);
      if (status === 200) return;
      await Bun.sleep(100);
    }
    throw new Error(`dockerd does not answer:\n${readFileSync(join(this.root, "log"), "utf8").slice(-4000)}`);
  }

  command(...words: readonly string[]): { status: number; stdout: string; stderr: string } {
    const result = spawnSync("docker", words, {
      encoding: "utf8", timeout: 120_000, maxBuffer: 256 * 1024 * 1024, env: { ...process.env, DOCKER_HOST: this.host },
    });
    return { status: result.status ?? -1, stdout: result.stdout, stderr: result.stderr };
  }

  async close(): Promise<void> {
    const child = this.#process;
    if (child !== undefined && child.exitCode === null && child.signalCode === null) {
      const ids = this.command("ps", "-aq").stdout.split("\n").filter((id) => id !== "");
      if (ids.length > 0) this.command("rm", "-f", ...ids);
      const { promise, resolve } = Promise.withResolvers<undefined>();
      child.once("exit", () => { resolve(undefined); });
      child.kill("SIGTERM");
      await promise;
    }
    spawnSync("ip", ["link", "delete", this.#bridge], { stdio: "ignore" });
    for (const folder of ["data", "exec"]) unmountBelow(join(this.root, folder));
    rmSync(this.root, { recursive: true, force: true });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

function must(command: string, ...words: readonly string[]): void {
  const result = spawnSync(command, words, { encoding: "utf8" });
  if (result.status !== 0) throw new Error(`${command} ${words.join(" ")}: ${result.stderr}`);
}

function unmountBelow(folder: string): void {
  const targets = readFileSync("/proc/self/mountinfo", "utf8").split("\n").map((line) => line.split(" ")[4] ?? "");
  for (const target of targets.reverse()) if (target.startsWith(`${folder}/`)) spawnSync("umount", ["-l", target], { stdio: "ignore" });
}
