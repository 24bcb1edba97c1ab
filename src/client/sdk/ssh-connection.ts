import { EngineError } from "../../base/index.ts";
import type { Connection } from "./connection.ts";
import type { HostAddress } from "./host-address.ts";

/** Of what ssh says on its standard error, so that an endless banner fills no memory; in characters. */
const longestComplaint = 4096;

/** Reaches an engine through `docker system dial-stdio` on another machine, as docker's own client does. */
export function connectSsh(address: Extract<HostAddress, { kind: "ssh" }>, signal?: AbortSignal): Connection {
  const command = sshCommand(address);
  const child = Bun.spawn(command, { stdin: "pipe", stdout: "pipe", stderr: "pipe", ...(signal === undefined ? {} : { signal }) });
  const reader = child.stdout.getReader();
  const complaint = lastWords(child.stderr);
  return {
    read: async () => {
      const { value } = await reader.read();
      if (value !== undefined) return value;
      const code = await child.exited;
      if (code !== 0) throw failed(command, code, await complaint);
      return undefined;
    },
    write: async (bytes) => {
      try {
        await child.stdin.write(bytes);
        await child.stdin.flush();
      } catch (error) {
        // ssh is gone: its own words say why.
        const code = await child.exited;
        throw code === 0 ? error : failed(command, code, await complaint);
      }
    },
    endWriting: () => { void child.stdin.end(); },
    // ssh ends by itself when the other side does.
    rest: () => undefined,
    close: () => { child.kill(); },
  };
}

function sshCommand({ host, user, port, socket }: Extract<HostAddress, { kind: "ssh" }>): string[] {
  return [
    "ssh", "-o", "ConnectTimeout=30", "-T",
    ...(user === undefined ? [] : ["-l", user]), ...(port === undefined ? [] : ["-p", String(port)]),
    "--", host, "docker", ...(socket === undefined ? [] : ["--host", `unix://${socket}`]), "system", "dial-stdio",
  ];
}

async function lastWords(stream: ReadableStream<Uint8Array>): Promise<string> {
  let text = "";
  for await (const bytes of stream) text = (text + Buffer.from(bytes).toString()).slice(-longestComplaint);
  return text;
}

/** In docker's words; 127 is the shell's there for a program that it does not find. */
function failed(command: readonly string[], code: number, complaint: string): EngineError {
  const message = `error during connect: command [${command.join(" ")}] has exited with exit status ${code}, make sure the URL is valid, `
    + `and Docker 18.09 or later is installed on the remote host: stderr=${complaint}`;
  return new EngineError("unavailable", message, code === 127 ? { hint: "where only wharf is installed there, give it docker's name: ln -s \"$(command -v wharf)\" /usr/local/bin/docker" } : {});
}
