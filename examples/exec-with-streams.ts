import { connect, execute } from "wharf";

const engine = connect({ host: process.env["DOCKER_HOST"] ?? "unix:///run/wharf/wharf.sock" });

async function* lines(): AsyncGenerator<Uint8Array> {
  for (const line of ["pear", "apple", "fig"]) yield await Promise.resolve(Buffer.from(`${line}\n`));
}

const { Id: id } = await engine.call("containerCreate", { body: { Image: "busybox", Cmd: ["sleep", "1000"] } });
await engine.call("containerStart", { path: { id } });
const sorting = await execute(engine, id, { command: ["sort"], input: lines() });
for await (const { bytes } of sorting.output) process.stdout.write(bytes);
console.log(`exit code ${await sorting.exitCode()}`);
await engine.call("containerDelete", { path: { id }, query: { force: true } });
engine.close();
