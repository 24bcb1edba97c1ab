import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { changeLink, NetlinkSocket } from "../../src/host/netlink/index.ts";
import { succeed, systemCall } from "../../src/host/libc/index.ts";
import { removeNetworkNamespace } from "../../src/host/netns/index.ts";
import { NetworkService } from "../../src/engine/network/index.ts";
import { Records } from "../../src/engine/store/index.ts";
import type { NetworksOptions, SandboxRequest } from "../../src/engine/network/index.ts";

const unshare = systemCall<[number]>("unshare", "i");
const probe = join(import.meta.dir, "network-probe.ts");

/** Puts this process's thread, and what it starts, into a network namespace of its own: the "machine" of a test. */
export function enterPrivateNetwork(): void {
  succeed(unshare(0x4000_0000), () => "make a network namespace for the test");
  using socket = new NetlinkSocket("route");
  socket.request(changeLink({ index: 1 }, { isUp: true }));
}

/** Networks of an engine in a folder of its own. Whatever the test started ends with `dispose`. */
export class NetworkWorld implements AsyncDisposable {
  readonly execRoot = mkdtempSync(join(tmpdir(), "wharf-net-"));
  readonly #children: Bun.Subprocess[] = [];
  readonly #services: NetworkService[] = [];
  readonly #records = Records.open(join(this.execRoot, "state.db"));

  async start(living: readonly string[] = [], options: Partial<NetworksOptions> = {}) {
    const service = new NetworkService({ execRoot: this.execRoot, bridge: "wharf0", records: this.#records, ...options });
    this.#services.push(service);
    return { service, report: await service.recover(living) };
  }

  /** A server inside a namespace, answering when this resolves. */
  async serve(netnsPath: string | undefined, port: number): Promise<void> {
    const child = this.#run(netnsPath, ["serve", String(port)]);
    for await (const line of lines(child.stdout)) {
      if (line === "ready") return;
    }
    throw new Error("the server ended");
  }

  /** A name server on the machine, answering when this resolves. */
  async serveNames(address: string): Promise<void> {
    const child = this.#run(undefined, ["names", address]);
    for await (const line of lines(child.stdout)) {
      if (line === "ready") return;
    }
    throw new Error("the name server ended");
  }

  /** Asks 127.0.0.11 inside a namespace; from query to answers, in order, or the code of the error. */
  async resolve(netnsPath: string | undefined, ...queries: readonly string[]): Promise<Readonly<Record<string, string | string[]>>> {
    const child = this.#run(netnsPath, ["resolve", ...queries]);
    return JSON.parse(await new Response(child.stdout).text()) as Record<string, string | string[]>;
  }

  /** Asks for one name again and again from inside a namespace: milliseconds for one answer, and answers in a second. */
  async load(netnsPath: string | undefined, name: string, count: number): Promise<{ median: number; rate: number }> {
    const child = this.#run(netnsPath, ["load", name, String(count)]);
    return JSON.parse(await new Response(child.stdout).text()) as { median: number; rate: number };
  }

  /** Asks from inside a namespace; from target to answer. */
  async ask(netnsPath: string | undefined, ...targets: readonly string[]): Promise<Readonly<Record<string, string>>> {
    const child = this.#run(netnsPath, ["ask", ...targets]);
    return JSON.parse(await new Response(child.stdout).text()) as Record<string, string>;
  }

  /** One connection that stays open: each line that is sent comes back. */
  hold(address: string, port: number): { send: (line: string) => void; lines: AsyncIterator<string> } {
    const child = this.#run(undefined, ["hold", address, String(port)]);
    return {
      send: (line) => { void child.stdin.write(`${line}\n`); void child.stdin.flush(); },
      lines: lines(child.stdout)[Symbol.asyncIterator](),
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const child of this.#children) child.kill("SIGKILL");
    await Promise.all(this.#children.map((child) => child.exited));
    // Of several only the last is the engine; the others are what was killed.
    const service = this.#services.at(-1);
    if (service !== undefined) {
      for (const { Name } of await service.list(new Map())) {
        for (const containerId of Object.keys((await service.inspect(Name, {})).Containers)) await service.release(containerId);
      }
      await service.prune(new Map());
      await service.settled();
    }
    this.#records[Symbol.dispose]();
    removeNetworkNamespace(join(this.execRoot, "foreign"));
    rmSync(this.execRoot, { recursive: true, force: true });
  }

  #run(netnsPath: string | undefined, args: readonly string[]) {
    const enter = netnsPath === undefined ? [] : ["nsenter", `--net=${netnsPath}`];
    const child = Bun.spawn([...enter, process.execPath, probe, ...args], { stdin: "pipe", stdout: "pipe", stderr: "inherit" });
    this.#children.push(child);
    return child;
  }
}

/** A container's wish for a network, with what a test does not care about filled in. */
export function request(digit: string, wishes: Partial<SandboxRequest> = {}): SandboxRequest {
  return {
    containerId: digit.repeat(64).slice(0, 64),
    containerName: `box-${digit}`,
    hostname: `host-${digit}`,
    mode: { kind: "network", name: "bridge" },
    publish: [],
    dns: { servers: [], search: [], options: [] },
    extraHosts: [],
    ...wishes,
  };
}

/** Output of a command in the test's network. */
export async function output(...command: readonly string[]): Promise<string> {
  const child = Bun.spawn([...command], { stdout: "pipe", stderr: "inherit" });
  return await new Response(child.stdout).text();
}

/**
 * A machine elsewhere, in a namespace of its own, that goes by this machine: 198.51.100.2 and fd99::2; this machine is .1.
 * @returns the path of its namespace
 */
export async function outsideMachine(world: NetworkWorld): Promise<string> {
  const path = `${world.execRoot}/foreign`;
  // That of an earlier world goes away with its namespace, a little after it.
  const made = await Bun.spawn(["sh", "-ec", `ip link delete up0 2> /dev/null || :
    : > ${path}; unshare --net=${path} true
    ip link add up0 type veth peer name eth0 netns ${path}
    ip address add 198.51.100.1/24 dev up0; ip -6 address add fd99::1/64 dev up0 nodad; ip link set up0 up`]).exited;
  if (made !== 0) throw new Error("cannot make a machine elsewhere");
  await Bun.spawn(["nsenter", `--net=${path}`, "sh", "-ec", `
    ip link set lo up; ip address add 198.51.100.2/24 dev eth0; ip -6 address add fd99::2/64 dev eth0 nodad; ip link set eth0 up
    ip route add default via 198.51.100.1; ip -6 route add default via fd99::1`]).exited;
  return path;
}

/** Names of the links in the test's network. */
export async function linkNames(): Promise<string[]> {
  return (JSON.parse(await output("ip", "-j", "link")) as { ifname: string }[]).map(({ ifname }) => ifname);
}

/** The text of the error that an attempt ends with. */
export async function refusal(attempt: Promise<unknown>): Promise<string> {
  return await attempt.then(() => "no refusal", (error: unknown) => (error instanceof Error ? error.message : "no error"));
}

function lines(stream: ReadableStream<Uint8Array>): AsyncIterable<string> {
  return createInterface({ input: Readable.fromWeb(stream) });
}
