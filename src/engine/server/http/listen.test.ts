import { expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { HttpListener } from "./listen.ts";

test("a connection that was stopped by a body it then read whole takes the next request", async () => {
  const folder = mkdtempSync(join(tmpdir(), "listen-"));
  const path = join(folder, "socket");
  const errors: unknown[] = [];
  const listener = new HttpListener({ kind: "unix", path }, {
    limits: { unread: 16 },
    onError: (error) => errors.push(error),
    handle: async (exchange) => {
      const body = await exchange.body.readAll(10_000);
      await exchange.reply(200, {}, `got ${body.length}`);
    },
  });
  const client = connect(path);
  const answers = client.iterator({ destroyOnReturn: false });
  for (const size of [4000, 4001, 4002]) {
    client.write(`POST / HTTP/1.1\r\nHost: x\r\nContent-Length: ${size}\r\n\r\n${"x".repeat(size)}`);
    let seen = "";
    while (!seen.includes(`got ${size}`)) {
      const { value, done } = await answers.next() as { value: unknown; done: boolean };
      if (done) throw new Error(`the connection ended after ${seen}`);
      seen += String(value);
    }
  }
  client.destroy();
  await listener.stop();
  rmSync(folder, { recursive: true });
  expect(errors).toEqual([]);
}, 20_000);
