import { connect, splitFrames } from "wharf";

const engine = connect({ host: process.env["DOCKER_HOST"] ?? "unix:///run/wharf/wharf.sock" });

const { Id: id } = await engine.call("containerCreate", { query: { name: "greeter" }, body: { Image: "busybox", Cmd: ["sh", "-c", "echo hello; echo oops >&2; exit 3"] } });
await engine.call("containerStart", { path: { id } });
const { StatusCode } = await engine.call("containerWait", { path: { id } });
const logs = await engine.bytes("containerLogs", { path: { id }, query: { stdout: true, stderr: true } });
for await (const { stream, bytes } of splitFrames(logs.output)) console.log(`${stream}: ${Buffer.from(bytes).toString().trimEnd()}`);
console.log(`exit code ${StatusCode}`);
await engine.call("containerDelete", { path: { id }, query: { v: true } });
engine.close();
