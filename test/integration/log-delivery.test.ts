import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { appendFileSync, linkSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Certificates, hasOpenssl } from "../../src/engine/server/fake/index.ts";
import { LogDelivery, logPolicy, type DeliveredLog } from "../../src/engine/logs/index.ts";
import { Poller } from "../../src/host/poll/index.ts";
import { FileWatcher } from "../../src/host/watch/index.ts";
import { DatagramReceiver } from "../peer/datagram-receiver.ts";

let folder: string;
let path: string;
let poller: Poller;
let watcher: FileWatcher;
let delivery: LogDelivery;
let warnings: string[];
let end: () => void;
let ended: Promise<void>;

const source = { id: "0123456789abcdef".repeat(4), name: "web", image: "busybox", tag: "web", attributes: {} };

function open(): LogDelivery {
  return new LogDelivery({
    watcher, poller, hostname: "box", pid: 7, journalSocket: join(folder, "journal"), warn: (message, cause) => warnings.push(`${message}: ${String(cause)}`),
  });
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "delivery-"));
  path = join(folder, "log");
  poller = new Poller();
  watcher = new FileWatcher(poller);
  warnings = [];
  delivery = open();
  const { promise, resolve } = Promise.withResolvers<undefined>();
  ended = promise.then(() => undefined);
  end = () => { resolve(undefined); };
  writeFileSync(path, "");
});

afterEach(() => {
  delivery.close();
  watcher.close();
  poller.close();
  rmSync(folder, { recursive: true });
});

const record = (text: string): string => `2026-01-02T03:04:05.123456789+00:00 stdout F ${text}\n`;

function log(driver: string, options: Readonly<Record<string, string>>): DeliveredLog {
  const { delivery: plan } = logPolicy({ Type: driver, Config: options }, { id: source.id, name: "web", config: { Env: null, Image: "busybox", Labels: null } });
  if (plan === undefined) throw new Error(`${driver} sends nothing`);
  return { path, plan, source, ended };
}

/** What a start would be refused with; empty where it would not. */
async function refusal({ plan }: DeliveredLog): Promise<string> {
  return await delivery.probe(plan).then(() => "", String);
}

/** A syslog that takes streams; what came is text. */
class StreamSyslog implements Disposable {
  text = "";
  #look: () => void = () => undefined;
  readonly #sockets = new Set<Bun.Socket<unknown>>();
  readonly #listener: Bun.TCPSocketListener | Bun.UnixSocketListener<unknown>;

  constructor(place: { readonly unix: string } | { readonly port: number; readonly tls?: Bun.TLSOptions }) {
    const socket: Bun.SocketHandler = {
      open: (each) => { this.#sockets.add(each); },
      close: (each) => { this.#sockets.delete(each); },
      data: (_, bytes) => {
        this.text += bytes.toString();
        this.#look();
      },
    };
    this.#listener = "unix" in place ? Bun.listen({ unix: place.unix, socket }) : Bun.listen({ hostname: "127.0.0.1", ...place, socket });
  }

  get port(): number {
    return "port" in this.#listener ? this.#listener.port : 0;
  }

  async has(text: string): Promise<void> {
    while (!this.text.includes(text)) {
      const { promise, resolve } = Promise.withResolvers<undefined>();
      this.#look = () => { resolve(undefined); };
      await promise;
    }
  }

  [Symbol.dispose](): void {
    this.#listener.stop(true);
    for (const socket of this.#sockets) socket.terminate();
  }
}

const stamp = "<30>Jan  2 03:04:05 web[7]: ";

test("syslog over TCP: every record in its order, through a rotation", async () => {
  using syslog = new StreamSyslog({ port: 0 });
  delivery.deliver(log("syslog", { "syslog-address": `tcp://127.0.0.1:${syslog.port}` }));
  appendFileSync(path, record("one"));
  await syslog.has("one");
  linkSync(path, `${path}.1`);
  appendFileSync(path, record("two"));
  writeFileSync(`${path}.tmp`, record("three"));
  renameSync(`${path}.tmp`, path);
  await syslog.has("three");
  expect(syslog.text).toBe(["one", "two", "three"].map((text) => `${stamp}${text}\n`).join(""));
}, 30_000);

test("syslog over a unix stream, and over one of datagrams", async () => {
  using stream = new StreamSyslog({ unix: join(folder, "stream") });
  delivery.deliver(log("syslog", { "syslog-address": `unix://${folder}/stream`, "syslog-format": "rfc3164" }));
  appendFileSync(path, record("one"));
  await stream.has("one");
  expect(stream.text).toBe("<30>Jan  2 03:04:05 box web[7]: one\n");
  using datagrams = await DatagramReceiver.start(join(folder, "datagrams"));
  // The next run of the container begins where the last one's was.
  delivery.deliver(log("syslog", { "syslog-address": `unixgram://${folder}/datagrams` }));
  appendFileSync(path, record("two"));
  await datagrams.has(1);
  expect(datagrams.messages.map(String)).toEqual([`${stamp}two\n`]);
}, 30_000);

test("syslog over UDP", async () => {
  const { promise, resolve } = Promise.withResolvers<string>();
  const socket = await Bun.udpSocket({ hostname: "127.0.0.1", socket: { data: (_, bytes) => { resolve(bytes.toString()); } } });
  delivery.deliver(log("syslog", { "syslog-address": `udp://localhost:${socket.port}`, "syslog-facility": "local0", "syslog-format": "rfc5424micro" }));
  appendFileSync(path, record("one"));
  expect(await promise).toBe("<134>1 2026-01-02T03:04:05.123456Z box web 7 web - one\n");
  socket.close();
}, 30_000);

test("syslog over UDP where nobody listens: what was sent is lost, what comes later arrives", async () => {
  const refusedDatagrams = (): number => Number(readFileSync("/proc/net/snmp", "utf8").match(/^Udp: \d.*$/m)?.[0].split(" ")[2]);
  const closed = await Bun.udpSocket({ hostname: "127.0.0.1" });
  const { port } = closed;
  closed.close();
  delivery.deliver(log("syslog", { "syslog-address": `udp://127.0.0.1:${port}`, "syslog-format": "rfc5424micro" }));
  const before = refusedDatagrams();
  appendFileSync(path, record("one"));
  while (refusedDatagrams() === before) await Bun.sleep(5);
  const { promise, resolve } = Promise.withResolvers<string>();
  const socket = await Bun.udpSocket({ hostname: "127.0.0.1", port, socket: { data: (_, bytes) => { resolve(bytes.toString()); } } });
  appendFileSync(path, record("two"));
  expect(await promise).toEndWith("two\n");
  socket.close();
}, 30_000);

describe.skipIf(!hasOpenssl)("syslog over TLS", () => {
  test("a server of the authority is told, another one is not", async () => {
    using ours = new Certificates();
    using theirs = new Certificates();
    using syslog = new StreamSyslog({ port: 0, tls: { cert: ours.read("server.pem"), key: ours.read("server-key.pem") } });
    const write = (name: string, from: Certificates): string => {
      writeFileSync(join(folder, name), from.read("ca.pem"));
      return join(folder, name);
    };
    const options = { "syslog-address": `tcp+tls://localhost:${syslog.port}`, "syslog-format": "rfc5424" };
    expect(await refusal(log("syslog", { ...options, "syslog-tls-ca-cert": write("theirs", theirs) }))).toContain("failed to initialize logging driver: dial tcp+tls localhost");
    delivery.deliver(log("syslog", { ...options, "syslog-tls-ca-cert": write("ours", ours) }));
    appendFileSync(path, record("one"));
    await syslog.has("one");
    expect(syslog.text).toBe("47 <30>1 2026-01-02T03:04:05Z box web 7 web - one\n");
  }, 60_000);
});

test("what cannot be sent is sent when there is a syslog again, and an engine goes on where the last one was", async () => {
  const options = { "syslog-address": `tcp://127.0.0.1:${freePort()}` };
  const port = Number(options["syslog-address"].split(":")[2]);
  {
    using first = new StreamSyslog({ port });
    delivery.deliver(log("syslog", options));
    appendFileSync(path, record("one"));
    await first.has("one");
  }
  delivery.close();
  delivery = open();
  appendFileSync(path, record("two"));
  delivery.deliver(log("syslog", options));
  while (warnings.length === 0) await new Promise((resolve) => { setTimeout(resolve, 5); });
  appendFileSync(path, record("three"));
  end();
  using second = new StreamSyslog({ port });
  await second.has("three");
  expect(second.text).toBe(`${stamp}two\n${stamp}three\n`);
  expect(warnings[0]).toContain("cannot send the log of container web; it is tried again");
  while (!readFileSync(`${path}.delivered`, "utf8").includes(String(readFileSync(path).length))) await new Promise((resolve) => { setTimeout(resolve, 5); });
}, 30_000);

function freePort(): number {
  using listener = new StreamSyslog({ port: 0 });
  return listener.port;
}

test("journald: its native entries; without one it is told before a start", async () => {
  expect(await refusal(log("journald", {}))).toContain("failed to initialize logging driver: journald is not enabled on this host");
  using journal = await DatagramReceiver.start(join(folder, "journal"));
  expect(await refusal(log("journald", {}))).toBe("");
  delivery.deliver(log("journald", {}));
  appendFileSync(path, record("one"));
  await journal.has(1);
  const [entry = ""] = journal.messages.map(String);
  expect(entry.split("\n")).toContain("MESSAGE=one");
  expect(entry.split("\n")).toContain("CONTAINER_NAME=web");
}, 30_000);
