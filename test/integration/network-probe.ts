/**
 * Run inside a network namespace by the network tests.
 * `serve PORT`: answers every TCP connection and every datagram on a port with the protocol and the peer's address; says "ready".
 * `ask TARGET…`: a target is "tcp/ADDRESS/PORT" or "udp/ADDRESS/PORT"; prints a line of JSON, from target to answer or "failed".
 * `resolve QUERY…`: a query is "A/NAME", "AAAA/NAME" or "PTR/ADDRESS", asked of 127.0.0.11; prints a line of JSON, from query to answers or the error's code.
 * `load NAME COUNT`: asks 127.0.0.11 for the address of a name, one question after another and then all at once; prints a line of JSON: the median of the first in
 *   milliseconds, and how many of the second were answered in a second.
 * `names ADDRESS`: a name server that says 192.0.2.1 of every name below "example" and, over connections, 200 addresses of "many.example".
 * `hold ADDRESS PORT`: keeps one connection open, sends each line of stdin and prints what comes back.
 */
import { createSocket } from "node:dgram";
import { Resolver } from "node:dns/promises";
import { createConnection, createServer, isIPv6 } from "node:net";
import { createInterface } from "node:readline";
import { decode, encode } from "dns-packet";

const patience = 4000;

async function serve(port: number): Promise<void> {
  const tcp = createServer({ allowHalfOpen: true }, (socket) => {
    socket.on("error", () => socket.destroy());
    socket.write(`tcp ${socket.remoteAddress ?? ""}\n`);
    socket.on("data", (data) => socket.write(data));
    socket.on("end", () => socket.end());
  });
  const udp = createSocket({ type: "udp6" }, (_, peer) => { udp.send(`udp ${peer.address}`, peer.port, peer.address); });
  await new Promise<void>((resolve) => { tcp.listen(port, "::", resolve); });
  await new Promise<void>((resolve) => { udp.bind(port, "::", resolve); });
  console.log("ready");
}

function askTcp(address: string, port: number): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  const socket = createConnection({ host: address, port });
  const timer = setTimeout(() => { socket.destroy(); resolve("timeout"); }, patience);
  const finish = (answer: string): void => { clearTimeout(timer); socket.destroy(); resolve(answer); };
  socket.once("data", (data) => { finish(data.toString().trim()); });
  socket.once("error", () => { finish("refused"); });
  socket.once("close", () => { finish("closed"); });
  return promise;
}

function askUdp(address: string, port: number): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  const socket = createSocket(isIPv6(address) ? "udp6" : "udp4");
  const timer = setTimeout(() => { finish("timeout"); }, patience);
  const finish = (answer: string): void => { clearTimeout(timer); socket.close(); resolve(answer); };
  socket.once("message", (data) => { finish(data.toString()); });
  socket.once("error", () => { finish("refused"); });
  socket.connect(port, address, () => { socket.send("?"); });
  return promise;
}

async function ask(targets: readonly string[]): Promise<void> {
  const answers = await Promise.all(targets.map(async (target) => {
    const [protocol = "", address = "", port] = target.split("/");
    return [target, await (protocol === "udp" ? askUdp : askTcp)(address, Number(port))] as const;
  }));
  console.log(JSON.stringify(Object.fromEntries(answers)));
}

async function resolveAll(queries: readonly string[]): Promise<void> {
  const resolver = new Resolver({ timeout: patience, tries: 1 });
  resolver.setServers(["127.0.0.11"]);
  const answers = await Promise.all(queries.map(async (query) => {
    const [type = "", name = ""] = query.split("/");
    const asked = type === "PTR" ? resolver.reverse(name) : type === "AAAA" ? resolver.resolve6(name) : resolver.resolve4(name);
    return [query, await asked.catch((error: unknown) => (error instanceof Error && "code" in error ? error.code : "failed"))] as const;
  }));
  console.log(JSON.stringify(Object.fromEntries(answers)));
}

/** Questions as they stand on the wire, told apart by their numbers. */
async function load(name: string, count: number): Promise<void> {
  const socket = createSocket("udp4");
  const waiting = new Map<number, () => void>();
  socket.on("message", (message) => { waiting.get(message.readUInt16BE(0))?.(); });
  await new Promise<void>((resolve) => { socket.connect(53, "127.0.0.11", resolve); });
  const ask = (id: number): Promise<void> => new Promise((resolve) => {
    waiting.set(id, resolve);
    socket.send(encode({ type: "query", id, flags: 0x100, questions: [{ type: "A", name }] }));
  });
  const times: number[] = [];
  for (let id = 0; id < count; id++) {
    const began = performance.now();
    await ask(id);
    times.push(performance.now() - began);
  }
  const began = performance.now();
  // As many at once as a socket's buffer holds.
  for (let first = 0; first < count; first += 64) await Promise.all(Array.from({ length: Math.min(64, count - first) }, (_, index) => ask(first + index)));
  const rate = count / (performance.now() - began) * 1000;
  socket.close();
  console.log(JSON.stringify({ median: times.toSorted((one, other) => one - other)[count >> 1], rate: Math.round(rate) }));
}

async function nameServer(address: string): Promise<void> {
  const reply = (query: Buffer, isDatagram: boolean): Buffer => {
    const { id = 0, questions = [] } = decode(query);
    const name = questions[0]?.name ?? "";
    const isCut = isDatagram && name === "many.example";
    const count = name === "many.example" ? 200 : 1;
    const answers = Array.from({ length: isCut ? 0 : count }, (_, index) => ({ type: "A", name, ttl: 1, data: `192.0.2.${index + 1}` }) as const);
    return encode({ type: "response", id, flags: 0x80 | (isCut ? 0x200 : 0) | (name.endsWith("example") ? 0 : 3), questions, answers: name.endsWith("example") ? answers : [] });
  };
  const udp = createSocket("udp4", (query, peer) => { udp.send(reply(query, true), peer.port, peer.address); });
  const tcp = createServer((socket) => socket.on("data", (data) => {
    const message = reply(Buffer.from(data).subarray(2), false);
    const length = Buffer.alloc(2);
    length.writeUInt16BE(message.length);
    socket.write(Buffer.concat([length, message]));
  }));
  await new Promise<void>((resolve) => { udp.bind(53, address, resolve); });
  await new Promise<void>((resolve) => { tcp.listen(53, address, resolve); });
  console.log("ready");
}

function hold(address: string, port: number): void {
  const socket = createConnection({ host: address, port });
  socket.on("data", (data) => process.stdout.write(data));
  socket.on("error", (error) => { console.log(`error ${error.message}`); process.exit(1); });
  socket.on("close", () => { console.log("closed"); process.exit(1); });
  createInterface({ input: process.stdin }).on("line", (line) => socket.write(`${line}\n`));
}

const [verb, ...rest] = process.argv.slice(2);
if (verb === "serve") await serve(Number(rest[0]));
else if (verb === "ask") await ask(rest);
else if (verb === "resolve") await resolveAll(rest);
else if (verb === "load") await load(rest[0] ?? "", Number(rest[1]));
else if (verb === "names") await nameServer(rest[0] ?? "");
else hold(rest[0] ?? "", Number(rest[1]));
