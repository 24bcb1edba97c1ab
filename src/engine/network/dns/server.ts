import { createServer } from "node:net";
import type { Socket } from "node:net";
import { answerQuery, failure } from "./answer.ts";
import type { AnswerOptions } from "./answer.ts";
import { MessageReader, forwardDatagram, forwardStream, withLength } from "./forward.ts";
import type { NameView } from "./names.ts";

/** Who asks, found by the address that a query comes from. */
export interface Client {
  readonly view: NameView;
  /** It may ask nobody outside. */
  readonly isInternal: boolean;
  /** Whom its other questions go to. */
  readonly servers: readonly string[];
}

export interface DnsServerOptions {
  /** The gateway of the network that is served, or the resolver's address in a container's own namespace. */
  readonly address: string;
  /** Runs what makes the sockets, in the namespace that they belong to; absent: here. */
  readonly inside?: <T>(action: () => T) => T;
  /** Undefined: somebody who is not on the network, and gets no answer. */
  readonly clientAt: (address: string) => Client | undefined;
}

const serverFailure = 2;
/** Questions that wait for the host's resolvers; more than that are refused, since each holds a socket. */
const mostWaiting = 512;
const mostConnections = 256;
/** Milliseconds after which a connection that says nothing is closed. */
const idleTime = 10_000;
const bindAttempts = 10;

/** Answers the containers of one network, over datagrams and connections, on a port that the kernel chose. */
export class DnsServer implements AsyncDisposable {
  readonly #options: DnsServerOptions;
  readonly #stop = new AbortController();
  readonly #connections = new Set<Socket>();
  readonly #tcp = createServer((socket) => { this.#serve(socket); });
  #udp: Bun.udp.Socket<"buffer"> | undefined;
  #waiting = 0;
  #turn = 0;

  private constructor(options: DnsServerOptions) {
    this.#options = options;
  }

  static async open(options: DnsServerOptions): Promise<DnsServer> {
    const server = new DnsServer(options);
    await server.#bind();
    return server;
  }

  /** The same for datagrams and connections. */
  get port(): number {
    return this.#udp?.port ?? 0;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    this.#udp?.close();
    for (const socket of this.#connections) socket.destroy();
    await new Promise<void>((resolve) => { this.#tcp.close(() => { resolve(); }); });
  }

  /** A port that is free for datagrams may be taken for connections: then another is tried. */
  async #bind(): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      const udp = await this.#openDatagrams();
      try {
        await this.#listen(udp.port);
        this.#udp = udp;
        return;
      } catch (error) {
        udp.close();
        if (attempt === bindAttempts) throw error;
      }
    }
  }

  async #openDatagrams(): Promise<Bun.udp.Socket<"buffer">> {
    return await this.#inside(() => Bun.udpSocket({
      hostname: this.#options.address,
      socket: {
        data: (socket, query, port, address) => {
          this.#answer(query, { address, datagram: true }, (message) => { socket.send(message, port, address); });
        },
        // Who asked may be gone when the answer comes; the kernel tells the socket of all. Without somebody to take it the
        // error would end the engine, and any container could bring it about.
        error: () => undefined,
      },
    }));
  }

  async #listen(port: number): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#tcp.once("error", reject);
      this.#inside(() => this.#tcp.listen({ host: this.#options.address, port }, () => {
        this.#tcp.off("error", reject);
        resolve();
      }));
    });
  }

  /** Both kinds of sockets are made in the same turn in which they are asked for. */
  #inside<T>(action: () => T): T {
    const { inside } = this.#options;
    return inside === undefined ? action() : inside(action);
  }

  #serve(socket: Socket): void {
    if (this.#connections.size >= mostConnections) {
      socket.destroy();
      return;
    }
    this.#connections.add(socket);
    const messages = new MessageReader();
    const address = socket.remoteAddress ?? "";
    socket.setTimeout(idleTime, () => { socket.destroy(); });
    socket.on("close", () => { this.#connections.delete(socket); });
    // A client that goes away in the middle concerns nobody else.
    socket.on("error", () => { socket.destroy(); });
    socket.on("data", (data) => {
      for (const query of messages.take(Buffer.from(data))) {
        this.#answer(query, { address, datagram: false }, (message) => { if (!socket.destroyed) socket.write(withLength(message)); });
      }
    });
  }

  #answer(query: Buffer, { address, datagram }: { address: string; datagram: boolean }, reply: (message: Buffer) => void): void {
    const client = this.#options.clientAt(address);
    if (client === undefined) return;
    const options: AnswerOptions = { view: client.view, isInternal: client.isInternal, datagram, turn: this.#turn++ };
    const verdict = answerQuery(query, options);
    if (verdict.kind === "answer") reply(verdict.message);
    if (verdict.kind === "forward") void this.#forward(query, { client, datagram }).then(reply);
  }

  /** Never fails: what cannot be found out is said to be a failure of the server. */
  async #forward(query: Buffer, { client, datagram }: { client: Client; datagram: boolean }): Promise<Buffer> {
    if (this.#waiting >= mostWaiting) return failure(query, serverFailure);
    this.#waiting++;
    try {
      const upstreams = { servers: client.servers, signal: this.#stop.signal };
      return await (datagram ? forwardDatagram : forwardStream)(Buffer.from(query), upstreams);
    } catch {
      return failure(query, serverFailure);
    } finally {
      this.#waiting--;
    }
  }
}
