import { describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ScriptedEngine, wharf } from "./fake/index.ts";

const box = { Id: "b", State: { Running: true }, Config: { Tty: false, OpenStdin: true }, HostConfig: { AutoRemove: false } };

/** What a line asks of the engine: method, address and query; flags that only say how a thing is done show there. */
const cases: readonly (readonly [line: string, requests: readonly string[]])[] = [
  ["inspect --size --type container box", ["GET /containers/box/json?size=1"]],
  ["container inspect --size --format {{.Id}} box", ["GET /containers/box/json?size=1"]],
  ["restart --signal HUP --timeout 3 box", ["POST /containers/box/restart?signal=HUP&t=3"]],
  ["commit --no-pause --author me --message m --change CMD box i:1", ["POST /commit?container=box&repo=i&tag=1&comment=m&author=me&pause=0&changes=CMD"]],
  ["image rm --no-prune --force x", ["DELETE /images/x?force=1&noprune=1"]],
  ["image rm --platform linux/amd64 x", ['DELETE /images/x?platforms={"os":"linux","architecture":"amd64"}']],
  ["history --platform linux/arm64 x", ['GET /images/x/history?platform={"os":"linux","architecture":"arm64"}']],
  ["image inspect --platform linux/arm64 x", ['GET /images/x/json?platform={"os":"linux","architecture":"arm64"}']],
  ["image save --platform linux/arm64 x", ['GET /images/get?names=x&platform={"os":"linux","architecture":"arm64"}']],
  ["image load --platform linux/arm64 --quiet", ['POST /images/load?platform={"os":"linux","architecture":"arm64"}']],
  ["image pull --platform linux/arm64 --quiet x:1", ["POST /images/create?fromImage=x&tag=1&platform=linux/arm64"]],
  ["image pull --all-tags x", ["POST /images/create?fromImage=x"]],
  ["image import --message m --platform linux/arm64 - i:1", ["POST /images/create?fromSrc=-&repo=i&tag=1&platform=linux/arm64&message=m"]],
  ["network inspect --verbose n", ["GET /networks/n?verbose=1"]],
  ["container stats --all --no-stream", ["GET /containers/json?all=1"]],
  ["volume prune --all --force", ['POST /volumes/prune?filters={"all":{"true":true}}']],
  ["run --sig-proxy=false --detach-keys ctrl-x --detach box", ["POST /containers/create"]],
];

describe("what a line asks of the engine", () => {
  for (const [line, requests] of cases) {
    test(line, async () => {
      using engine = new ScriptedEngine({});
      await wharf(line.split(" "), { host: engine.host, input: "archive" });
      const asked = engine.asked.map(({ request }) => decodeURIComponent(request)).slice(0, requests.length);
      expect(asked.map(sorted)).toEqual(requests.map(sorted));
    });
  }

  /** The order of a query is no matter; objects in it are compared as they are written. */
  function sorted(request: string): string {
    const [address = "", query = ""] = request.split("?", 2);
    return `${address}?${query.split("&").sort().join("&")}`;
  }

  const bodies: readonly (readonly [line: string, request: string, body: unknown])[] = [
    ["update --cpu-period 50000 --cpu-rt-period 1000 --cpu-rt-runtime 500 --cpuset-mems 0 box", "POST /containers/box/update", { CpuPeriod: 50_000, CpuRealtimePeriod: 1000, CpuRealtimeRuntime: 500, CpusetMems: "0" }],
    ["network create --driver macvlan --config-from c --ipam-driver i --ipam-opt a=b --scope global --ipv4=false n", "POST /networks/create", {
      Name: "n", Driver: "macvlan", ConfigFrom: { Network: "c" }, IPAM: { Driver: "i", Options: { a: "b" } }, Scope: "global", EnableIPv4: false,
    }],
    ["network create --config-only n", "POST /networks/create", { ConfigOnly: true }],
    ["network create --ingress --scope swarm n", "POST /networks/create", { Ingress: true, Scope: "swarm" }],
    ["network connect --gw-priority 5 --ip6 fd00::3 --link other:o --link-local-ip 169.254.1.1 n box", "POST /networks/n/connect", {
      Container: "box", EndpointConfig: { GwPriority: 5, Links: ["other:o"], IPAMConfig: { IPv6Address: "fd00::3", LinkLocalIPs: ["169.254.1.1"] } },
    }],
    ["volume create --driver local --availability pause --group g --limit-bytes 2g --scope multi --secret k=v --sharing all --topology-preferred zone=1 v", "POST /volumes/create", {
      Driver: "local", ClusterVolumeSpec: {
        Availability: "pause", Group: "g", CapacityRange: { LimitBytes: 2_147_483_648 }, AccessMode: { Scope: "multi", Sharing: "all" }, Secrets: [{ Key: "k", Secret: "v" }],
        AccessibilityRequirements: { Preferred: [{ Segments: { zone: "1" } }] },
      },
    }],
  ];
  for (const [line, request, body] of bodies) {
    test(line, async () => {
      using engine = new ScriptedEngine({});
      await wharf(line.split(" "), { host: engine.host });
      expect(engine.asked.at(-1)?.request).toBe(request);
      expect(engine.asked.at(-1)?.body).toMatchObject(body as object);
    });
  }

  test("DOCKER_DEFAULT_PLATFORM stands for --platform, where the line has none", async () => {
    using engine = new ScriptedEngine({ "POST /containers/create": { Id: "b", Warnings: [] } });
    const environment = { DOCKER_DEFAULT_PLATFORM: "linux/arm64" };
    for (const line of ["pull x:1", "import - i:1", "create busybox", "create --platform linux/amd64 busybox"]) await wharf(line.split(" "), { host: engine.host, environment, input: "archive" });
    expect(engine.asked.map(({ request }) => /platform=([^&]*)/.exec(decodeURIComponent(request))?.[1])).toEqual(["linux/arm64", "linux/arm64", "linux/arm64", "linux/amd64"]);
  });

  test("update of a cluster's volume sends what it has with the change", async () => {
    using engine = new ScriptedEngine({ "GET /volumes/v": { Name: "v", ClusterVolume: { Version: { Index: 7 }, Spec: { Group: "g", Availability: "active" } } }, "PUT /volumes/v": {} });
    expect(await wharf(["volume", "update", "--availability", "drain", "v"], { host: engine.host })).toEqual({ code: 0, out: "", err: "" });
    expect(engine.asked.at(-1)).toEqual({ request: "PUT /volumes/v?version=7", body: { Spec: { Group: "g", Availability: "drain" } } });
  });

  test("attach: its keys, and what is not attached", async () => {
    using engine = new ScriptedEngine({ "GET /containers/box/json": box, "POST /containers/box/wait": { StatusCode: 0 } });
    await wharf(["attach", "--detach-keys", "ctrl-x,y", "--no-stdin", "--sig-proxy=false", "box"], { host: engine.host });
    expect(engine.asked.map(({ request }) => decodeURIComponent(request)).find((request) => request.includes("attach"))).toContain("detachKeys=ctrl-x,y");
    expect(engine.asked.some(({ request }) => request.includes("stdin=1"))).toBe(false);
  });

  test("start --interactive attaches the input, with its keys", async () => {
    using engine = new ScriptedEngine({ "GET /containers/box/json": box });
    await wharf(["start", "--interactive", "--detach-keys", "ctrl-x", "box"], { host: engine.host });
    const attach = engine.asked.map(({ request }) => request).find((request) => request.includes("/attach"));
    expect(attach).toContain("stdin=1");
    expect(attach).toContain("detachKeys=ctrl-x");
  });

  test("cp --archive keeps owners, and asks the engine to", async () => {
    const folder = mkdtempSync(join(tmpdir(), "wharf-cp-"));
    try {
      writeFileSync(join(folder, "file"), "text\n");
      using engine = new ScriptedEngine({ "PUT /containers/box/archive": {} });
      await wharf(["cp", "--archive", join(folder, "file"), "box:/x"], { host: engine.host });
      expect(engine.asked.at(-1)?.request).toContain("copyUIDGID=1");
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test("exec: variables of a file, and its keys", async () => {
    const folder = mkdtempSync(join(tmpdir(), "wharf-exec-"));
    try {
      writeFileSync(join(folder, "env"), "A=1\n");
      using engine = new ScriptedEngine({});
      await wharf(["exec", "--env-file", join(folder, "env"), "--env", "B=2", "--detach-keys", "ctrl-x", "box", "true"], { host: engine.host });
      expect(engine.asked[0]?.body).toMatchObject({ Env: ["A=1", "B=2"], DetachKeys: "ctrl-x" });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe("how lists are shown", () => {
  const item = { Id: `sha256:${"ab".repeat(32)}`, Created: 1_700_000_000, CreatedBy: "x", Size: 1_234_567, Comment: "", Tags: null };

  test("history --human=false and --quiet", async () => {
    using engine = new ScriptedEngine({ "GET /images/x/history": [item] });
    expect((await wharf(["history", "--human=false", "--format", "{{.Size}}", "x"], { host: engine.host })).out).toBe("1234567\n");
    expect((await wharf(["history", "--quiet", "x"], { host: engine.host })).out).toBe("abababababab\n");
  });
  test("network ls --no-trunc", async () => {
    using engine = new ScriptedEngine({ "GET /networks": [{ Id: "ab".repeat(32), Name: "n", Driver: "bridge", Scope: "local", Labels: null }] });
    expect((await wharf(["network", "ls", "--no-trunc", "--quiet"], { host: engine.host })).out).toBe(`${"ab".repeat(32)}\n`);
  });
  test("volume ls --cluster leaves those of this machine out", async () => {
    using engine = new ScriptedEngine({ "GET /volumes": { Volumes: [{ Name: "here", Driver: "local", Labels: null }, { Name: "there", Driver: "csi", Labels: null, ClusterVolume: {} }] } });
    expect((await wharf(["volume", "ls", "--cluster"], { host: engine.host })).out).toBe("VOLUME NAME   GROUP     DRIVER    AVAILABILITY   STATUS\nthere         N/A       csi       N/A            N/A\n");
  });
});
