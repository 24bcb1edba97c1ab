import { connect, isEngineError } from "wharf";

const engine = connect({ host: process.env["DOCKER_HOST"] ?? "unix:///run/wharf/wharf.sock" });

const images = await engine.call("imageList", { query: { filters: new Map([["reference", ["busybox"]]]) } });
console.log(images.flatMap(({ RepoTags }) => RepoTags ?? []).join(" "));
await engine.call("volumeCreate", { body: { Name: "example-data", Labels: { example: "yes" } } });
const { Volumes } = await engine.call("volumeList", { query: { filters: new Map([["label", ["example=yes"]]]) } });
console.log((Volumes ?? []).map(({ Name }) => Name).join(" "));
const { Id: network } = await engine.call("networkCreate", { body: { Name: "example-net" } });
console.log((await engine.call("networkInspect", { path: { id: network } })).Driver);
await engine.call("networkDelete", { path: { id: network } });
await engine.call("volumeDelete", { path: { name: "example-data" } });
try {
  await engine.call("volumeInspect", { path: { name: "example-data" } });
} catch (error) {
  if (!isEngineError(error, "not-found")) throw error;
  console.log(error.message);
}
engine.close();
