import { connect, type Socket } from "node:net";
import { once } from "node:events";

/** A client that sends and receives bytes as they are, for tests of what goes over the wire. */
export class RawClient implements AsyncDisposable {
  private readonly socket: Socket;
  private received: Buffer = Buffer.alloc(0);
  private isEnded = false;

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.on("data", (chunk: Buffer) => { this.received = Buffer.concat([this.received, chunk]); });
    socket.on("close", () => { this.isEnded = true; });
    socket.on("end", () => { this.isEnded = true; });
    // A reset is an end as well: what was received counts.
    socket.on("error", () => { this.isEnded = true; });
  }

  static async connect(address: string | number): Promise<RawClient> {
    const socket = connect(typeof address === "string" ? { path: address, allowHalfOpen: true } : { port: address, host: "127.0.0.1", allowHalfOpen: true });
    const client = new RawClient(socket);
    await once(socket, "connect");
    return client;
  }

  send(text: string | Uint8Array): void {
    this.socket.write(text);
  }

  endInput(): void {
    this.socket.end();
  }

  /** Goes without a word. */
  abort(): void {
    this.socket.destroy();
  }

  /** Everything received once it holds `mark`, or the connection has ended. */
  async until(mark: string): Promise<string> {
    while (!this.received.includes(mark) && !this.isEnded) await this.change();
    return this.received.toString("latin1");
  }

  /** Everything, to the end of the connection. */
  async all(): Promise<string> {
    while (!this.isEnded) await this.change();
    return this.received.toString("latin1");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.socket.destroyed) return;
    const closed = once(this.socket, "close");
    this.socket.destroy();
    await closed;
  }

  private change(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<undefined>();
    const wake = (): void => {
      for (const event of ["data", "end", "close", "error"]) this.socket.off(event, wake);
      resolve(undefined);
    };
    for (const event of ["data", "end", "close", "error"]) this.socket.on(event, wake);
    return promise;
  }
}
