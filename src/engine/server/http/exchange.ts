import { STATUS_CODES } from "node:http";
import type { RequestBody } from "./body.ts";
import type { Duplex } from "./duplex.ts";
import type { RequestHead } from "./request-head.ts";

export type Headers = Readonly<Record<string, string>>;

/** A reply whose end is not known when it begins. */
export interface ReplyStream {
  /** Sent at once; resolves when the client has taken enough of it. @throws EngineError `cancelled` */
  write(bytes: Uint8Array): Promise<void>;
  /** Without it the client learns that the reply broke off. */
  end(): Promise<void>;
}

/** How a connection goes on after an exchange. */
export type Outcome = "unanswered" | "answered" | "streaming" | "taken-over";

/** One request and its reply. Exactly one of `reply`, `stream` and `takeOver` is called. */
export class Exchange {
  readonly head: RequestHead;
  readonly body: RequestBody;
  /** Aborted when the client is gone. */
  readonly signal: AbortSignal;
  private readonly duplex: Duplex;
  private state: Outcome = "unanswered";
  private keepsAlive: boolean;

  constructor(head: RequestHead, body: RequestBody, duplex: Duplex) {
    this.head = head;
    this.body = body;
    this.duplex = duplex;
    this.signal = duplex.signal;
    this.keepsAlive = head.keepAlive;
  }

  get outcome(): Outcome {
    return this.state;
  }

  /** Whether another request may follow on the connection. */
  get keepAlive(): boolean {
    return this.keepsAlive;
  }

  async reply(status: number, headers: Headers, content: string | Uint8Array = ""): Promise<void> {
    this.begin("answered");
    // A body that was not read stays in the way of the next request.
    if (!this.body.isConsumed) this.keepsAlive = false;
    const bytes = typeof content === "string" ? Buffer.from(content) : content;
    const hasBody = status !== 204 && status !== 304;
    const length: Headers = hasBody ? { "Content-Length": String(bytes.length) } : {};
    const head = Buffer.from(this.replyHead(status, { ...headers, ...length }), "latin1");
    const isWithout = !hasBody || this.head.method === "HEAD";
    await this.duplex.write(isWithout ? head : Buffer.concat([head, bytes]));
  }

  async stream(status: number, headers: Headers): Promise<ReplyStream> {
    this.begin("streaming");
    if (!this.body.isConsumed && this.body.isUnasked) this.keepsAlive = false;
    const isChunked = this.head.minorVersion === 1;
    if (!isChunked) this.keepsAlive = false;
    const framing: Headers = isChunked ? { "Transfer-Encoding": "chunked" } : {};
    await this.duplex.write(Buffer.from(this.replyHead(status, { ...headers, ...framing }), "latin1"));
    const isWithout = this.head.method === "HEAD";
    return {
      write: async (bytes) => {
        if (bytes.length === 0 || isWithout) return;
        await this.duplex.write(isChunked ? chunk(bytes) : bytes);
      },
      end: async () => {
        this.state = "answered";
        if (isChunked && !isWithout) await this.duplex.write(lastChunk);
      },
    };
  }

  /** The connection as it is, in both directions, from the first byte after the request on. */
  async takeOver(status: 101 | 200, headers: Headers): Promise<Duplex> {
    this.begin("taken-over");
    const line = status === 101 ? "HTTP/1.1 101 UPGRADED" : "HTTP/1.1 200 OK";
    await this.duplex.write(Buffer.from(`${line}\r\n${headerLines(headers)}\r\n`, "latin1"));
    return this.duplex;
  }

  private begin(state: Outcome): void {
    if (this.state !== "unanswered") throw new Error("a request is answered once");
    this.state = state;
  }

  private replyHead(status: number, headers: Headers): string {
    const reason = STATUS_CODES[status] ?? "";
    const connection: Headers = this.keepsAlive ? (this.head.minorVersion === 1 ? {} : { Connection: "keep-alive" }) : { Connection: "close" };
    return `HTTP/1.1 ${status} ${reason}\r\n${headerLines({ ...headers, Date: new Date().toUTCString(), ...connection })}\r\n`;
  }
}

const lastChunk = Buffer.from("0\r\n\r\n");

function chunk(bytes: Uint8Array): Uint8Array {
  const size = Buffer.from(`${bytes.length.toString(16)}\r\n`, "latin1");
  const framed = Buffer.allocUnsafe(size.length + bytes.length + 2);
  framed.set(size, 0);
  framed.set(bytes, size.length);
  framed.write("\r\n", size.length + bytes.length, "latin1");
  return framed;
}

function headerLines(headers: Headers): string {
  let lines = "";
  for (const [name, value] of Object.entries(headers)) lines += `${name}: ${value.replace(/[\r\n]/g, " ")}\r\n`;
  return lines;
}
