import { EngineError } from "../../base/index.ts";
import type { Connection } from "./connection.ts";
import type { HostAddress } from "./host-address.ts";

/** Reaches an engine through `docker system dial-stdio` on another machine, as docker's own client does. */
export function connectSsh(address: Extract<HostAddress, { kind: "ssh" }>, signal?: AbortSignal): Connection {
  const { host, user, port, socket } = address;
  const command = ["ssh", "-o", "ConnectTimeout=30", "-T"];
  if (user !== undefined) command.push("-l", user);
  if (port !== undefined) command.push("-p", String(port));
  command.push("--", host, "docker", ...(socket === undefined ? [] : ["--host", `unix://${socket}`]), "system", "dial-stdio");
  const child = Bun.spawn(command, { stdin: "pipe", stdout: "pipe", stderr: "inherit", ...(signal === undefined ? {} : { signal }) });
  const reader = child.stdout.getReader();
  return {
    read: async () => {
      const { value } = await reader.read();
      if (value !== undefined) return value;
      const code = await child.exited;
      if (code !== 0) throw new EngineError("unavailable", `ssh to ${host} ended with exit code ${code}`);
      return undefined;
    },
    write: async (bytes) => {
      await child.stdin.write(bytes);
      await child.stdin.flush();
    },
    endWriting: () => { void child.stdin.end(); },
    // ssh ends by itself when the other side does.
    rest: () => undefined,
    close: () => { child.kill(); },
  };
}
