import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** An engine that answers each "METHOD /path" with what the test gave it, and remembers what it was asked. */
export class ScriptedEngine implements Disposable {
  readonly folder = mkdtempSync(join(tmpdir(), "wharf-cli-"));
  readonly socket = join(this.folder, "e.sock");
  readonly asked: { readonly request: string; readonly body: unknown }[] = [];
  /** Of every request, the ping included. */
  readonly headers: Headers[] = [];
  readonly #server: { stop: (now?: boolean) => unknown };

  constructor(replies: Readonly<Record<string, unknown>>, version = "1.50") {
    this.#server = Bun.serve({
      unix: this.socket,
      fetch: async (request) => {
        this.headers.push(request.headers);
        const url = new URL(request.url);
        const name = `${request.method} ${url.pathname.replace(/^\/v1\.\d+/, "")}`;
        if (url.pathname === "/_ping") return new Response("", { headers: { "Api-Version": version } });
        const text = await request.text();
        this.asked.push({ request: name + url.search, body: bodyOf(text) });
        const reply = replies[name];
        if (reply instanceof Response) return new Response(await reply.clone().text(), { status: reply.status });
        if (reply === undefined) return Response.json({ message: `No such container: ${name.split("/")[2] ?? ""}` }, { status: 404 });
        return reply === null ? new Response(null, { status: 204 }) : Response.json(reply);
      },
    });
  }

  get host(): string {
    return `unix://${this.socket}`;
  }

  [Symbol.dispose](): void {
    this.#server.stop(true);
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** A body as it was meant: JSON where it is that, else its text. */
function bodyOf(text: string): unknown {
  if (text === "") return undefined;
  return /^[[{]/.test(text) ? JSON.parse(text) as unknown : text;
}
