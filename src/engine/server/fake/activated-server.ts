/**
 * Programs for the test of socket activation. `activate PATH` listens as systemd does and becomes the server, which
 * answers on descriptor 3 until its standard input ends.
 */
import { ApiServer, activatedSockets } from "../index.ts";
import { FakeBackend } from "./fake-backend.ts";

const [role, path = ""] = process.argv.slice(2);
if (role === "activate") {
  const listener = Bun.listen({ unix: path, socket: { data: () => undefined } });
  const descriptor: unknown = Reflect.get(listener, "fd");
  if (typeof descriptor !== "number") throw new Error("the listener has no descriptor");
  // As long as the child runs this process stands still, so it is the child that accepts.
  const script = 'LISTEN_PID=$$ LISTEN_FDS=1 LISTEN_FDNAMES=wharf.socket exec "$0" "$1" serve';
  const { exitCode } = Bun.spawnSync(["sh", "-c", script, process.execPath, import.meta.path], { stdio: ["inherit", "inherit", "inherit", descriptor] });
  process.exit(exitCode);
}
const { LISTEN_PID, LISTEN_FDS, LISTEN_FDNAMES } = process.env;
const server = new ApiServer({
  backend: new FakeBackend(),
  log: { debug: () => undefined, error: (message, cause) => { console.error(message, cause); } },
  activated: activatedSockets({ LISTEN_PID, LISTEN_FDS, LISTEN_FDNAMES }, process.pid),
});
await server.listen({ kind: "activated", socket: "wharf.socket" });
console.log("serving");
await Bun.stdin.text();
await server.stop(0);
