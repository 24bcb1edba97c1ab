import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ApiServer, type ServerOptions } from "../index.ts";
import { FakeBackend } from "./fake-backend.ts";
import { RawClient } from "./raw-client.ts";

/** A server before a fake engine, on a unix socket in a directory of its own. */
export class FakeServer implements AsyncDisposable {
  readonly backend = new FakeBackend();
  readonly directory = mkdtempSync(join(tmpdir(), "wharf-server-"));
  readonly path = join(this.directory, "s");
  readonly errors: string[] = [];
  readonly lines: string[] = [];
  readonly server: ApiServer;

  private constructor(options: Partial<ServerOptions>) {
    const log = {
      debug: (line: string) => { this.lines.push(line); },
      error: (message: string, cause: unknown) => { this.errors.push(`${message}: ${String(cause)}`); },
    };
    this.server = new ApiServer({ backend: this.backend, log, ...options });
  }

  static async start(options: Partial<ServerOptions> = {}): Promise<FakeServer> {
    const fake = new FakeServer(options);
    await fake.server.listen({ kind: "unix", path: fake.path });
    return fake;
  }

  client(): Promise<RawClient> {
    return RawClient.connect(this.path);
  }

  /** Sends one request and answers what came back until the server closed the connection. */
  async exchange(text: string): Promise<string> {
    await using client = await this.client();
    client.send(text);
    return await client.all();
  }

  /** One request with a closed connection behind it; answers status, headers and body. */
  async request(method: string, target: string, body?: { readonly type?: string; readonly text: string }): Promise<RawReply> {
    const content = body === undefined ? "" : `Content-Type: ${body.type ?? "application/json"}\r\nContent-Length: ${Buffer.byteLength(body.text)}\r\n`;
    const reply = await this.exchange(`${method} ${target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n${content}\r\n${body?.text ?? ""}`);
    return parseReply(reply);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.server.stop(0);
    rmSync(this.directory, { recursive: true, force: true });
  }
}

export interface RawReply {
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

export function parseReply(text: string): RawReply {
  const end = text.indexOf("\r\n\r\n");
  const [line = "", ...lines] = text.slice(0, end).split("\r\n");
  const headers = new Map(lines.map((header) => {
    const colon = header.indexOf(":");
    return [header.slice(0, colon).toLowerCase(), header.slice(colon + 2)] as const;
  }));
  return { status: Number(line.split(" ")[1]), headers, body: text.slice(end + 4) };
}
