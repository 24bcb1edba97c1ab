import type { Command, InputStream } from "../command/index.ts";
import type { Connection } from "../../sdk/index.ts";

/** What a client runs through ssh: standard input and output become a connection to the engine here. */
export const dialStdioCommand: Command = {
  usage: "",
  arity: { least: 0, most: 0 },
  flags: [],
  async run({ engine, io }) {
    const connection = await engine.dial();
    const sent = send(io.input, connection);
    // The engine's end is the end, whether or not the client has closed its half; a client that is gone is told by the engine's.
    sent.catch(() => { connection.close(); });
    for (let bytes = await connection.read(); bytes !== undefined; bytes = await connection.read()) await io.out.write(bytes);
    return 0;
  },
};

async function send(input: InputStream, connection: Connection): Promise<void> {
  for await (const bytes of input.chunks()) await connection.write(bytes);
  connection.endWriting();
}
