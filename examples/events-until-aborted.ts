import { connect, isEngineError } from "wharf";

const engine = connect({ host: process.env["DOCKER_HOST"] ?? "unix:///run/wharf/wharf.sock" });

const enough = new AbortController();
const events = await engine.lines("systemEvents", { query: { filters: new Map([["container", ["watched"]]]) }, signal: enough.signal });
const { Id: id } = await engine.call("containerCreate", { query: { name: "watched" }, body: { Image: "busybox", Cmd: ["true"] } });
await engine.call("containerStart", { path: { id } });
try {
  for await (const { Action } of events) {
    console.log(Action);
    if (Action === "die") enough.abort();
  }
} catch (error) {
  if (!isEngineError(error, "cancelled")) throw error;
  console.log("no more events are wanted");
}
await engine.call("containerDelete", { path: { id }, query: { force: true } });
engine.close();
