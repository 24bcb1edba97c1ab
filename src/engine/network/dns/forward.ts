import { createConnection, isIPv6 } from "node:net";
import { EngineError } from "../../../base/index.ts";

const port = 53;
/** Milliseconds that a server has, before the next is asked. */
const patience = 2000;
const attempts = 2;
const largestMessage = 65_535;

export interface Upstreams {
  /** In the order in which they are asked. */
  readonly servers: readonly string[];
  readonly signal: AbortSignal;
}

/**
 * Asks servers, one after another and all of them twice, over datagrams; what comes is passed on as it is, cut short
 * where it did not fit, upon which the client asks again over a connection.
 * @throws EngineError `timeout` when nobody answers.
 */
export async function forwardDatagram(query: Buffer, upstreams: Upstreams): Promise<Buffer> {
  return await firstAnswer(upstreams, (server, signal) => askDatagram(query, server, signal));
}

/** The same over a connection. */
export async function forwardStream(query: Buffer, upstreams: Upstreams): Promise<Buffer> {
  return await firstAnswer(upstreams, (server, signal) => askStream(query, server, signal));
}

async function firstAnswer({ servers, signal }: Upstreams, ask: (server: string, signal: AbortSignal) => Promise<Buffer>): Promise<Buffer> {
  const failures: unknown[] = [];
  for (const server of Array.from({ length: attempts }, () => servers).flat()) {
    signal.throwIfAborted();
    try {
      return await ask(server, AbortSignal.any([signal, AbortSignal.timeout(patience)]));
    } catch (error) {
      failures.push(error);
    }
  }
  throw new EngineError("timeout", "no name server answered", { cause: new AggregateError(failures) });
}

/** The socket is connected, so that only the server's own answer is taken, and bears a port and a number of its own. */
async function askDatagram(query: Buffer, server: string, signal: AbortSignal): Promise<Buffer> {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
  const number = query.readUInt16BE(0);
  const socket = await Bun.udpSocket({
    connect: { hostname: server, port },
    hostname: isIPv6(server) ? "::" : "0.0.0.0",
    socket: {
      data: (_, message) => {
        if (message.length >= 12 && message.readUInt16BE(0) === number) resolve(Buffer.from(message));
      },
      error: (_, error) => { reject(error); },
    },
  });
  const stop = (): void => { reject(new EngineError("timeout", `the name server ${server} does not answer`)); };
  signal.addEventListener("abort", stop, { once: true });
  try {
    socket.send(query);
    return await promise;
  } finally {
    signal.removeEventListener("abort", stop);
    socket.close();
  }
}

async function askStream(query: Buffer, server: string, signal: AbortSignal): Promise<Buffer> {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
  const socket = createConnection({ host: server, port });
  const stop = (): void => { reject(new EngineError("timeout", `the name server ${server} does not answer`)); };
  const messages = new MessageReader();
  socket.on("data", (data) => {
    const [message] = messages.take(Buffer.from(data));
    if (message !== undefined) resolve(message);
  });
  socket.on("error", reject);
  socket.on("close", () => { reject(new EngineError("unavailable", `the name server ${server} closed the connection`)); });
  signal.addEventListener("abort", stop, { once: true });
  try {
    socket.write(withLength(query));
    return await promise;
  } finally {
    signal.removeEventListener("abort", stop);
    socket.destroy();
  }
}

/** Takes messages, each after its length in two bytes, out of a stream. Holds at most one that is not whole yet. */
export class MessageReader {
  #held = Buffer.alloc(0);

  take(data: Buffer): Buffer[] {
    let rest = Buffer.concat([this.#held, data]);
    const messages: Buffer[] = [];
    while (rest.length >= 2 && rest.length >= 2 + rest.readUInt16BE(0)) {
      const end = 2 + rest.readUInt16BE(0);
      messages.push(Buffer.from(rest.subarray(2, end)));
      rest = rest.subarray(end);
    }
    this.#held = Buffer.from(rest);
    return messages;
  }
}

export function withLength(message: Buffer): Buffer {
  if (message.length > largestMessage) throw new EngineError("too-large", "a message of DNS has at most 65535 bytes");
  const framed = Buffer.alloc(2 + message.length);
  framed.writeUInt16BE(message.length);
  message.copy(framed, 2);
  return framed;
}
