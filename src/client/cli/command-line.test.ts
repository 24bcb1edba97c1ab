import { afterEach, describe, expect, test } from "bun:test";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ScriptedEngine, wharf } from "./fake/index.ts";

const engines: ScriptedEngine[] = [];
afterEach(() => { for (const engine of engines.splice(0)) engine[Symbol.dispose](); });

function engine(replies: Readonly<Record<string, unknown>>, version?: string): ScriptedEngine {
  const made = new ScriptedEngine(replies, version);
  engines.push(made);
  return made;
}

const id = "0a82e78f64bf968a27b71faed11d56f7a2ed370a340459b4025eeb771bfd04a2";

function container(over: Readonly<Record<string, unknown>> = {}): unknown {
  return {
    Id: id, Names: ["/web"], Image: "busybox", ImageID: `sha256:${id}`, Command: "sleep 1000 and a good deal more", Created: Date.now() / 1000 - 7300,
    Ports: [{ IP: "0.0.0.0", PrivatePort: 80, PublicPort: 8080, Type: "tcp" }, { PrivatePort: 443, Type: "tcp" }], Labels: { a: "1", b: "2" },
    State: "running", Status: "Up 2 hours", HostConfig: { NetworkMode: "bridge" }, NetworkSettings: { Networks: { bridge: {} } }, Mounts: [], ...over,
  };
}

describe("what is wrong with a command line is said in docker's words", () => {
  const cases: readonly (readonly [string[], number, string])[] = [
    [["fooo"], 1, "wharf: unknown command: wharf fooo\n\nRun 'wharf --help' for more information\n"],
    [["container", "foo"], 1, "wharf: unknown command: wharf container foo\n\nUsage:  wharf container\n\nRun 'wharf container --help' for more information\n"],
    [["--foo"], 125, "unknown flag: --foo\n\nUsage:  wharf [OPTIONS] COMMAND [ARG...]\n\nRun 'wharf --help' for more information\n"],
    [["run"], 1, "wharf: 'wharf run' requires at least 1 argument\n\nUsage:  wharf run [OPTIONS] IMAGE [COMMAND] [ARG...]\n\nSee 'wharf run --help' for more information\n"],
    [["run", "--foo", "x"], 125, "unknown flag: --foo\n\nUsage:  wharf run [OPTIONS] IMAGE [COMMAND] [ARG...]\n\nRun 'wharf run --help' for more information\n"],
    [["ps", "x"], 1, "wharf: 'wharf ps' accepts no arguments\n\nUsage:  wharf ps [OPTIONS]\n\nRun 'wharf ps --help' for more information\n"],
    [["tag", "a"], 1, "wharf: 'wharf tag' requires 2 arguments\n\nUsage:  wharf tag SOURCE_IMAGE[:TAG] TARGET_IMAGE[:TAG]\n\nRun 'wharf tag --help' for more information\n"],
    [["container", "rename", "a"], 1, "wharf: 'wharf container rename' requires 2 arguments\n\nUsage:  wharf container rename CONTAINER NEW_NAME\n\nRun 'wharf container rename --help' for more information\n"],
    [["-H", "ftp://x", "ps"], 1, "Failed to initialize: unable to resolve docker endpoint: invalid bind address format: ftp://x\n"],
    [["-H", "unix:///nonexistent.sock", "ps"], 1, "Cannot connect to the Docker daemon at unix:///nonexistent.sock. Is the docker daemon running?\n"],
    [["-H", "unix:///nonexistent.sock", "run", "x"], 125, "wharf: Cannot connect to the Docker daemon at unix:///nonexistent.sock. Is the docker daemon running?\n\nRun 'wharf run --help' for more information\n"],
    [["run", "--rm", "--restart=always", "x"], 125, "wharf: conflicting options: cannot specify both --restart and --rm\n\nRun 'wharf run --help' for more information\n"],
    [["run", "-p", "80:foo", "x"], 125, "wharf: invalid containerPort: foo\n\nRun 'wharf run --help' for more information\n"],
    [["ps", "--filter", "bar"], 125, 'invalid argument "bar" for "-f, --filter" flag: bad format of filter (expected name=value)\n\nUsage:  wharf ps [OPTIONS]\n\nRun \'wharf ps --help\' for more information\n'],
  ];
  for (const [words, code, err] of cases) {
    test(words.join(" "), async () => { expect(await wharf(words, { host: "unix:///nonexistent.sock" })).toEqual({ code, out: "", err }); });
  }
});

describe("what an engine is too old or of the wrong kind for is said before anything is asked of it", () => {
  const cases: readonly (readonly [string[], string])[] = [
    [["image", "rm", "--platform", "linux/amd64", "x"], '"--platform" requires API version 1.50, but the Docker daemon API version is 1.41\n'],
    [["images", "--tree", "-q"], '"--tree" requires API version 1.47, but the Docker daemon API version is 1.41\n'],
    [["volume", "update", "v"], "wharf volume update requires API version 1.42, but the Docker daemon API version is 1.41\n"],
    [["run", "--cpu-count", "2", "--annotation", "a=b", "x"], '"--annotation" requires API version 1.43, but the Docker daemon API version is 1.41\n"--cpu-count" is only supported on a Docker daemon running on windows, but the Docker daemon is running on linux\n'],
    [["run", "--cpu-percent", "2", "x"], '"--cpu-percent" is only supported on a Docker daemon running on windows, but the Docker daemon is running on linux\n'],
    [["run", "--io-maxbandwidth", "2", "x"], '"--io-maxbandwidth" is only supported on a Docker daemon running on windows, but the Docker daemon is running on linux\n'],
    [["run", "--io-maxiops", "2", "x"], '"--io-maxiops" is only supported on a Docker daemon running on windows, but the Docker daemon is running on linux\n'],
    [["start", "--checkpoint-dir", "/c", "x"], '"--checkpoint-dir" is only supported on a Docker daemon with experimental features enabled\n'],
    [["start", "--checkpoint", "c", "x"], '"--checkpoint" is only supported on a Docker daemon with experimental features enabled\n'],
  ];
  for (const [words, err] of cases) {
    test(words.join(" "), async () => {
      const { host, asked } = engine({}, "1.41");
      expect(await wharf(words, { host })).toEqual({ code: 1, out: "", err });
      expect(asked).toEqual([]);
    });
  }
  test("a flag whose place another took still works, and says so", async () => {
    const { host, asked } = engine({ "POST /containers/web/stop": null });
    expect(await wharf(["stop", "--time", "3", "web"], { host })).toEqual({ code: 0, out: "Flag --time has been deprecated, use --timeout instead\nweb\n", err: "" });
    expect(asked[0]?.request).toBe("POST /containers/web/stop?t=3");
  });
  test("a cluster volume is asked for by any of its flags", async () => {
    const { host, asked } = engine({ "POST /volumes/create": { Name: "v" } });
    await wharf(["volume", "create", "--type", "mount", "--topology-required", "region=R1,zone=Z2", "--required-bytes", "1g", "v"], { host });
    expect(asked[0]?.body).toMatchObject({
      ClusterVolumeSpec: {
        AccessMode: { Scope: "single", Sharing: "none", MountVolume: {} }, Availability: "active", CapacityRange: { RequiredBytes: 1_073_741_824, LimitBytes: 0 },
        AccessibilityRequirements: { Requisite: [{ Segments: { region: "R1", zone: "Z2" } }], Preferred: [] },
      },
    });
  });
});

describe("config.json", () => {
  /** A folder with this configuration; it goes with the test's process. */
  function configured(config: unknown): Readonly<Record<string, string>> {
    const folder = mkdtempSync(join(tmpdir(), "wharf-config-"));
    folders.push(folder);
    writeFileSync(join(folder, "config.json"), JSON.stringify(config));
    return { DOCKER_CONFIG: folder };
  }
  const folders: string[] = [];
  afterEach(() => { for (const folder of folders.splice(0)) rmSync(folder, { recursive: true }); });

  test("formats of lists are its, unless the line has one or is quiet", async () => {
    const environment = configured({ psFormat: "{{.Names}}!", imagesFormat: "{{.ID}}", networksFormat: "{{.Name}}", volumesFormat: "{{.Name}}?" });
    const { host } = engine({
      "GET /containers/json": [container()], "GET /volumes": { Volumes: [{ Name: "v", Driver: "local", Labels: null }] }, "GET /networks": [{ Id: id, Name: "n", Labels: null }],
    });
    expect((await wharf(["ps"], { host, environment })).out).toBe("web!\n");
    expect(await wharf(["ps", "-q"], { host, environment })).toEqual({ code: 0, out: "0a82e78f64bf\n", err: "" });
    expect((await wharf(["ps", "--format", "{{.State}}"], { host, environment })).out).toBe("running\n");
    expect((await wharf(["volume", "ls"], { host, environment })).out).toBe("v?\n");
    expect((await wharf(["network", "ls"], { host, environment })).out).toBe("n\n");
  });
  test("its headers go with every request; those of HTTP itself do not, and the environment has precedence", async () => {
    const environment = configured({ HttpHeaders: { "X-Meta": "here", "Content-Length": "7" } });
    const { host, headers } = engine({ "GET /containers/json": [] });
    await wharf(["ps"], { host, environment });
    expect(headers.map((each) => each.get("x-meta"))).toEqual(["here", "here"]);
    await wharf(["ps"], { host, environment: { ...environment, DOCKER_CUSTOM_HEADERS: "X-Other=a=b,X-Third=" } });
    expect([headers.at(-1)?.get("x-meta"), headers.at(-1)?.get("x-other"), headers.at(-1)?.get("x-third")]).toEqual([null, "a=b", ""]);
    const wrong = await wharf(["ps"], { host, environment: { ...environment, DOCKER_CUSTOM_HEADERS: "X-Other" } });
    expect(wrong).toEqual({ code: 1, out: "", err: 'failed to parse custom headers from DOCKER_CUSTOM_HEADERS environment variable: missing "=" in "X-Other"\n' });
    const split = configured({ HttpHeaders: { X: "a\r\nHost: evil" } });
    expect(await wharf(["ps"], { host, environment: split })).toMatchObject({ code: 1, out: "" });
  });
  test("its proxies are variables of new containers, before those of the line", async () => {
    const environment = configured({ proxies: { default: { httpProxy: "http://p:1", noProxy: "x" } } });
    const { host, asked } = engine({ "POST /containers/create": { Id: id, Warnings: [] } });
    await wharf(["create", "-e", "HTTP_PROXY=own", "busybox"], { host, environment });
    expect((asked[0]?.body as { Env: string[] }).Env).toEqual(["http_proxy=http://p:1", "NO_PROXY=x", "no_proxy=x", "HTTP_PROXY=own"]);
    const other = configured({ proxies: { default: { httpProxy: "d" }, [host]: { allProxy: "a" } } });
    await wharf(["create", "busybox"], { host, environment: other });
    expect((asked[1]?.body as { Env: string[] }).Env).toEqual(["ALL_PROXY=a", "all_proxy=a"]);
  });
  test("its filters are added to every prune, except what the line wants the other way round", async () => {
    const environment = configured({ pruneFilters: ["label=a=1", "label!=keep", "nothing"] });
    const { host, asked } = engine({ "POST /volumes/prune": { SpaceReclaimed: 0 }, "POST /networks/prune": {} });
    await wharf(["volume", "prune", "-f", "--filter", "label=b=2"], { host, environment });
    await wharf(["network", "prune", "-f", "--filter", "label=keep"], { host, environment });
    const filters = asked.map(({ request }) => JSON.parse(new URL(request.replace(/^POST /, "http://x")).searchParams.get("filters") ?? "") as unknown);
    expect(filters).toEqual([
      { label: { "b=2": true, "a=1": true }, "label!": { keep: true } },
      { label: { keep: true, "a=1": true } },
    ]);
  });
});

describe("help", () => {
  test("of the program groups its commands and comes on standard output when asked for", async () => {
    const { code, out, err } = await wharf(["--help"]);
    expect([code, err]).toEqual([0, ""]);
    expect(out).toMatch(/^Usage:  wharf \[OPTIONS\] COMMAND\n[^]*\nCommon Commands:\n  run         Create and run[^]*Management Commands:\n  container   [^]*Global Options:/);
  });
  test("of a command has its aliases and its flags, wrapped", async () => {
    const { out } = await wharf(["ps", "--help"]);
    expect(out).toStartWith("Usage:  wharf ps [OPTIONS]\n\nList containers\n\nAliases:\n  wharf container ls, wharf container list, wharf container ps, wharf ps\n\nOptions:\n  -a, --all ");
    expect(Math.max(...out.split("\n").slice(7).map((line) => line.length))).toBeLessThanOrEqual(80);
  });
  test("wharf help COMMAND is the same", async () => {
    expect((await wharf(["help", "container", "run"])).out).toBe((await wharf(["container", "run", "--help"])).out);
  });
  test("the version", async () => {
    expect((await wharf(["--version"])).out).toMatch(/^wharf version \d+\.\d+\.\d+\n$/);
  });
});

describe("prune", () => {
  const replies = {
    "POST /containers/prune": { ContainersDeleted: ["c1", "c2"], SpaceReclaimed: 1_234_567 }, "POST /networks/prune": { NetworksDeleted: ["n1"] },
    "POST /volumes/prune": { VolumesDeleted: null, SpaceReclaimed: 0 }, "POST /build/prune": { CachesDeleted: null, SpaceReclaimed: 0 },
    "POST /images/prune": { ImagesDeleted: [{ Untagged: "a:1" }, { Deleted: "sha256:1" }], SpaceReclaimed: 1000 },
  };
  test("of the system: one after another, with the sum of what was won", async () => {
    const { host, asked } = engine(replies);
    const { code, out } = await wharf(["system", "prune", "-f", "--volumes", "--filter", "label=a"], { host });
    expect([code, out]).toEqual([0, "Deleted Containers:\nc1\nc2\n\nDeleted Networks:\nn1\n\nDeleted Images:\nuntagged: a:1\ndeleted: sha256:1\n\nTotal reclaimed space: 1.236MB\n"]);
    expect(asked.map(({ request }) => decodeURIComponent(request))).toEqual([
      'POST /containers/prune?filters={"label":{"a":true}}', 'POST /networks/prune?filters={"label":{"a":true}}', 'POST /volumes/prune?filters={"label":{"a":true}}',
      'POST /images/prune?filters={"label":{"a":true},"dangling":{"true":true}}', 'POST /build/prune?filters={"label":{"a":true}}',
    ]);
  });
  test("nothing is asked of the engine before a yes; config.json may have filters, less those that the user turns round", async () => {
    const { host, asked, folder } = engine(replies);
    writeFileSync(join(folder, "config.json"), JSON.stringify({ pruneFilters: ["label!=keep", "label=mine"] }));
    const environment = { DOCKER_CONFIG: folder };
    expect(await wharf(["container", "prune"], { host, environment, input: "n\n" })).toMatchObject({ code: 0, err: "" });
    expect(asked).toEqual([]);
    await wharf(["container", "prune", "--filter", "label=keep"], { host, environment, input: "y\n" });
    expect(asked.map(({ request }) => decodeURIComponent(request))).toEqual(['POST /containers/prune?filters={"label":{"keep":true,"mine":true}}']);
  });
});

describe("system check", () => {
  test("lists what is wrong, and fails while something is", async () => {
    const finding = { Subject: "blob", Name: "sha256:1", Size: 1234, Reason: "no image needs it" };
    const { host, asked } = engine({ "POST /system/check": { Findings: [{ ...finding, State: "repaired" }, { ...finding, Name: "sha256:2", State: "failed", Error: "no" }] } });
    expect(await wharf(["system", "check", "--repair"], { host })).toEqual({
      code: 1, err: "", out: "SUBJECT   NAME       SIZE      STATE      REASON\nblob      sha256:1   1.23kB    repaired   no image needs it\nblob      sha256:2   1.23kB    failed     no image needs it; it cannot be repaired: no\n",
    });
    expect(asked.map(({ request }) => request)).toEqual(["POST /system/check?repair=1"]);
    const well = engine({ "POST /system/check": { Findings: [] } });
    expect(await wharf(["system", "check"], well)).toEqual({ code: 0, out: "Everything has an owner, and nothing is missing.\n", err: "" });
  });
});

describe("system df", () => {
  const image = { Id: `sha256:${"1".repeat(64)}`, ParentId: "", RepoTags: ["a:1", "b:2"], RepoDigests: [], Created: 1_700_000_000, Size: 5000, SharedSize: 2000, Labels: null, Containers: 1 };
  const usage = {
    LayersSize: 9000, BuildCache: [],
    Images: [image, { ...image, Id: `sha256:${"2".repeat(64)}`, RepoTags: [], Size: 6000, Containers: 0 }],
    Containers: [
      { Id: id, Names: ["/box"], Image: "a:1", ImageID: image.Id, Command: "sh", Created: 1_700_000_000, Ports: [], Labels: {}, State: "running", Status: "Up 2 minutes", SizeRw: 300, SizeRootFs: 5300, Mounts: [], HostConfig: {}, NetworkSettings: { Networks: {} } },
      { Id: id, Names: ["/old"], Image: "a:1", ImageID: image.Id, Command: "sh", Created: 1_700_000_000, Ports: [], Labels: {}, State: "exited", Status: "Exited (0) 2 minutes ago", SizeRw: 100, SizeRootFs: 5100, Mounts: [], HostConfig: {}, NetworkSettings: { Networks: {} } },
    ],
    Volumes: [{ Name: "v", Driver: "local", Labels: null, Options: null, Scope: "local", Mountpoint: "/v", UsageData: { Size: 1234, RefCount: 0 } }],
  };
  test("a line for each kind, and what can be won", async () => {
    const { host } = engine({ "GET /system/df": usage });
    expect((await wharf(["system", "df"], { host })).out.split("\n")).toEqual([
      "TYPE            TOTAL     ACTIVE    SIZE      RECLAIMABLE",
      "Images          2         1         9kB       6kB (66%)",
      "Containers      2         1         400B      100B (25%)",
      "Local Volumes   1         0         1.234kB   1.234kB (100%)",
      "Build Cache     0         0         0B        0B", "",
    ]);
    expect((await wharf(["system", "df", "--format", "{{.Type}}={{.Reclaimable}}"], { host })).out).toStartWith("Images=6kB (66%)\nContainers=");
  });
  test("in detail, as tables and as a document", async () => {
    const { host } = engine({ "GET /system/df": usage });
    const { out } = await wharf(["system", "df", "-v"], { host });
    expect(out.split("\n").map((line) => line.replace(/ {2,}/g, "  ").replace(/\d+ \w+ ago(?!$)/, "AGO"))).toEqual([
      "Images space usage:", "", "REPOSITORY  TAG  IMAGE ID  CREATED  SIZE  SHARED SIZE  UNIQUE SIZE  CONTAINERS",
      "a  1  111111111111  AGO  5kB  2kB  3kB  1", "<none>  <none>  222222222222  AGO  6kB  2kB  4kB  0", "",
      "Containers space usage:", "", "CONTAINER ID  IMAGE  COMMAND  LOCAL VOLUMES  SIZE  CREATED  STATUS  NAMES",
      '0a82e78f64bf  a:1  "sh"  0  300B  AGO  Up 2 minutes  box', '0a82e78f64bf  a:1  "sh"  0  100B  AGO  Exited (0) 2 minutes ago  old', "",
      "Local Volumes space usage:", "", "VOLUME NAME  LINKS  SIZE", "v  0  1.234kB", "",
      "Build cache usage: 0B", "", "CACHE ID  CACHE TYPE  SIZE  CREATED  LAST USED  USAGE  SHARED", "",
    ]);
    expect((await wharf(["system", "df", "-v", "--format", "{{range .Images}}{{.Repository}} {{.UniqueSize}};{{end}}{{range .Volumes}}{{.Size}}{{end}}\n"], { host })).out).toBe("a 3kB;<none> 4kB;1.234kB\n");
    expect(Object.keys(JSON.parse((await wharf(["system", "df", "-v", "--format", "json"], { host })).out) as object)).toEqual(["Images", "Containers", "Volumes", "BuildCache"]);
  });
});

describe("update", () => {
  test("names, then warnings, then what went wrong; only what was given is sent", async () => {
    const { host, asked } = engine({ "POST /containers/box/update": { Warnings: ["no weight here"] } });
    expect(await wharf(["update", "--memory", "1g", "--pids-limit", "0", "--label-add", "a=b=c", "--label-add", "d", "--label-rm", "e", "box", "no"], { host })).toEqual({
      code: 1, out: "box\nno weight here\n", err: "Error response from daemon: No such container: no\n",
    });
    expect(asked[0]?.body).toEqual({ Memory: 1024 ** 3, AddLabels: { a: "b=c", d: "" }, RemoveLabels: ["e"] });
    expect((await wharf(["update", "box"], { host })).err).toBe("you must provide one or more flags when using this command\n");
  });
});

describe("stats and top", () => {
  const cpu = (total: number, system: number): object => ({
    cpu_usage: { total_usage: total, usage_in_kernelmode: 0, usage_in_usermode: 0 }, system_cpu_usage: system, online_cpus: 2,
    throttling_data: { periods: 0, throttled_periods: 0, throttled_time: 0 },
  });
  const sample = {
    id, name: "/box", read: "", preread: "", num_procs: 0, storage_stats: {}, pids_stats: { current: 3 },
    cpu_stats: cpu(300, 2000), precpu_stats: cpu(200, 1000), memory_stats: { usage: 3 * 1024 ** 2, limit: 8 * 1024 ** 2, stats: { total_inactive_file: 1024 ** 2 } },
    networks: { eth0: { rx_bytes: 1500, tx_bytes: 7 }, eth1: { rx_bytes: 500, tx_bytes: 0 } },
    blkio_stats: { io_service_bytes_recursive: [{ major: 8, minor: 0, op: "Read", value: 4096 }, { major: 8, minor: 0, op: "Total", value: 4096 }] },
  };
  test("one sample of each that was named, in docker's columns", async () => {
    const { host, asked } = engine({ "GET /containers/box/stats": sample });
    const { out } = await wharf(["stats", "--no-stream", "box"], { host });
    expect(out.split("\n")).toEqual([
      "CONTAINER ID   NAME      CPU %     MEM USAGE / LIMIT   MEM %     NET I/O    BLOCK I/O    PIDS",
      "0a82e78f64bf   box       20.00%    2MiB / 8MiB         25.00%    2kB / 7B   4.1kB / 0B   3", "",
    ]);
    expect(asked.map(({ request }) => request)).toEqual(["GET /containers/box/stats?stream=0"]);
    expect((await wharf(["stats", "--no-stream", "--format", "{{.Container}} {{.ID}}", "--no-trunc", "box"], { host })).out).toBe(`box ${id}\n`);
  });
  test("of all that run; nothing to show is the heading", async () => {
    const { host } = engine({ "GET /containers/json": [] });
    expect((await wharf(["stats", "--no-stream"], { host })).out).toStartWith("CONTAINER ID   NAME ");
  });
  test("one that is not there is an error, with and without a stream", async () => {
    const { host } = engine({});
    for (const once of [[], ["--no-stream"]]) {
      expect(await wharf(["stats", ...once, "no", "none"], { host })).toEqual({ code: 1, out: "", err: "Error response from daemon: No such container: no\nError response from daemon: No such container: none\n" });
    }
  });
  test("a stream ends with its container", async () => {
    const { host } = engine({ "GET /containers/box/stats": sample });
    expect((await wharf(["stats", "--format", "{{.Name}}", "box"], { host })).code).toBe(0);
  });
  test("top has wide columns", async () => {
    const { host } = engine({ "GET /containers/box/top": { Titles: ["PID", "CMD"], Processes: [["1", "sh -c x"]] } });
    expect((await wharf(["top", "box"], { host })).out).toBe("PID                 CMD\n1                   sh -c x\n");
  });
});

describe("ps", () => {
  test("the table", async () => {
    const { host, asked } = engine({ "GET /containers/json": [container()] });
    const { out } = await wharf(["ps"], { host });
    expect(out).toBe(
      "CONTAINER ID   IMAGE     COMMAND                  CREATED       STATUS       PORTS                           NAMES\n"
      + '0a82e78f64bf   busybox   "sleep 1000 and a go…"   2 hours ago   Up 2 hours   443/tcp, 0.0.0.0:8080->80/tcp   web\n',
    );
    expect(asked).toEqual([{ request: "GET /containers/json", body: undefined }]);
  });
  test("quiet, untruncated, of all states, by a filter", async () => {
    const { host, asked } = engine({ "GET /containers/json": [container()] });
    expect((await wharf(["ps", "-aq", "--no-trunc", "-f", "name=web", "-n", "3"], { host })).out).toBe(`${id}\n`);
    expect(decodeURIComponent(asked[0]?.request ?? "")).toBe('GET /containers/json?all=1&limit=3&filters={"name":{"web":true}}');
  });
  test("raw, a paragraph for each; with --quiet only its first line, and any other format is passed over with a warning", async () => {
    const { host } = engine({ "GET /containers/json": [container({ Labels: {} })] });
    expect((await wharf(["ps", "--format", "raw"], { host })).out).toMatch(
      /^container_id: 0a82e78f64bf\nimage: busybox\ncommand: "sleep 1000 and a go…"\ncreated_at: .*\nstate: running\nstatus: Up 2 hours\nnames: web\nlabels:\nports: 443.*\n\n$/,
    );
    const warning = "WARNING: Ignoring custom format, because both --format and --quiet are set.\n";
    expect(await wharf(["ps", "-q", "--format", "raw"], { host })).toEqual({ code: 0, out: "container_id: 0a82e78f64bf\n", err: warning });
    expect(await wharf(["ps", "-q", "--format", "{{.Names}}"], { host })).toEqual({ code: 0, out: "0a82e78f64bf\n", err: warning });
  });
  test("the size is counted when a template shows it, also within the whole item", async () => {
    const { host, asked } = engine({ "GET /containers/json": [container()] });
    for (const format of ["{{.Size}}", "{{json .}}", "{{.Names}}"]) await wharf(["ps", "--format", format], { host });
    expect(asked.map(({ request }) => request)).toEqual(["GET /containers/json?size=1", "GET /containers/json?size=1", "GET /containers/json"]);
  });
  test("templates, as text, as a table, as JSON", async () => {
    const { host } = engine({ "GET /containers/json": [container()] });
    expect((await wharf(["ps", "--format", '{{.Names}} {{.Label "b"}} {{.Labels}}'], { host })).out).toBe("web 2 a=1,b=2\n");
    expect((await wharf(["ps", "--format", "table {{.Names}}\\t{{.Image}}"], { host })).out).toBe("NAMES     IMAGE\nweb       busybox\n");
    const row = JSON.parse((await wharf(["ps", "--format", "json"], { host })).out) as Record<string, unknown>;
    expect(row).toMatchObject({ ID: "0a82e78f64bf", Names: "web", State: "running", Platform: null, LocalVolumes: "0" });
    expect((await wharf(["ps", "--format", "{{.Foo}}"], { host })).err).toBe(`failed to execute template: template: :1:2: executing "" at <.Foo>: can't evaluate field Foo in type *formatter.ContainerContext\n`);
  });
  test("the format of docker's configuration file", async () => {
    const { host, folder } = engine({ "GET /containers/json": [container()] });
    writeFileSync(join(folder, "config.json"), JSON.stringify({ psFormat: "{{.Names}}!" }));
    expect((await wharf(["--config", folder, "ps"], { host })).out).toBe("web!\n");
  });
});

describe("commands on several names", () => {
  test("go on after a failure, report it at the end", async () => {
    const { host } = engine({ "DELETE /containers/a": null, "DELETE /containers/c": null });
    expect(await wharf(["rm", "a", "b", "c"], { host })).toEqual({ code: 1, out: "a\nc\n", err: "Error response from daemon: No such container: b\n" });
  });
  test("start names those that failed", async () => {
    const { host } = engine({});
    expect(await wharf(["start", "b"], { host })).toEqual({ code: 1, out: "", err: "Error response from daemon: No such container: b\nError: failed to start containers: b\n" });
  });
  test("stop sends what was asked for", async () => {
    const { host, asked } = engine({ "POST /containers/a/stop": null });
    expect((await wharf(["stop", "-t", "3", "-s", "SIGINT", "a"], { host })).out).toBe("a\n");
    expect(asked[0]?.request).toBe("POST /containers/a/stop?signal=SIGINT&t=3");
  });
});

describe("inspect", () => {
  const found = { Id: id, Created: "2026-11-27T21:26:36Z", Config: { Labels: { a: "1" }, Env: null }, State: { ExitCode: 3 } };
  test("prints an indented list, and what is not there behind it", async () => {
    const { host } = engine({ "GET /containers/a/json": found });
    const { code, out, err } = await wharf(["inspect", "a", "b"], { host });
    expect([code, err]).toEqual([1, "Error: No such object: b\n"]);
    expect(out).toStartWith(`[\n    {\n        "Id": "${id}",\n`);
    expect(JSON.parse(out)).toEqual([found]);
  });
  test("through a template", async () => {
    const { host } = engine({ "GET /containers/a/json": found });
    expect((await wharf(["inspect", "-f", '{{.State.ExitCode}} {{index .Config.Labels "a"}} {{.Config.Labels}} {{json .Config.Env}}', "a"], { host })).out).toBe("3 1 map[a:1] null\n");
    expect(await wharf(["inspect", "-f", "{{.Foo}}", "a"], { host })).toEqual({ code: 1, out: "\n", err: 'template parsing error: template: :1:2: executing "" at <.Foo>: map has no entry for key "Foo"\n' });
    expect((await wharf(["inspect", "-f", "{{.Foo", "a"], { host })).code).toBe(64);
  });
});

describe("create", () => {
  async function body(...words: string[]): Promise<Record<string, unknown> & { readonly HostConfig: Record<string, unknown> }> {
    const { host, asked } = engine({ "POST /containers/create": Response.json({ Id: id, Warnings: [] }, { status: 201 }) });
    expect(await wharf(["create", ...words], { host, environment: { HERE: "yes" } })).toEqual({ code: 0, out: `${id}\n`, err: "" });
    return asked[0]?.body as Record<string, unknown> & { readonly HostConfig: Record<string, unknown> };
  }
  test("the container's own configuration", async () => {
    const sent = await body("-it", "-e", "A=b", "-e", "HERE", "-e", "NOT_HERE", "-w", "/w", "-u", "1:2", "-h", "name", "-l", "x=y", "--entrypoint", "", "busybox", "ls", "-l");
    expect(sent).toMatchObject({
      Image: "busybox", Cmd: ["ls", "-l"], Env: ["A=b", "HERE=yes"], WorkingDir: "/w", User: "1:2", Hostname: "name", Labels: { x: "y" },
      Entrypoint: [""], Tty: true, OpenStdin: true, StdinOnce: true, AttachStdin: true, AttachStdout: true, AttachStderr: true,
    });
  });
  test("ports, mounts, limits", async () => {
    const { HostConfig, ExposedPorts, Volumes } = await body(
      "-p", "127.0.0.1:8080-8081:80-81", "-p", "53/udp", "--expose", "9000", "-v", "/a:/b:ro", "-v", "/anonymous", "--mount", "type=volume,src=v,dst=/v,volume-label=a=b",
      "--tmpfs", "/t:size=1m", "-m", "64m", "--cpus", "1.5", "--pids-limit", "7", "--ulimit", "nofile=5:6", "--restart", "on-failure:3", "--rm=false", "busybox",
    );
    expect(HostConfig).toMatchObject({
      PortBindings: { "80/tcp": [{ HostIp: "127.0.0.1", HostPort: "8080" }], "81/tcp": [{ HostIp: "127.0.0.1", HostPort: "8081" }], "53/udp": [{ HostIp: "", HostPort: "" }] },
      Binds: ["/a:/b:ro"], Mounts: [{ Type: "volume", Source: "v", Target: "/v", VolumeOptions: { Labels: { a: "b" } } }], Tmpfs: { "/t": "size=1m" },
      Memory: 67_108_864, NanoCpus: 1_500_000_000, PidsLimit: 7, Ulimits: [{ Name: "nofile", Soft: 5, Hard: 6 }], RestartPolicy: { Name: "on-failure", MaximumRetryCount: 3 },
      NetworkMode: "default",
    });
    expect([Object.keys(ExposedPorts ?? {}).sort(), Volumes]).toEqual([["53/udp", "80/tcp", "81/tcp", "9000/tcp"], { "/anonymous": {} }]);
  });
  test("networks, short and long, with the flags put on the first", async () => {
    const sent = await body("--network", "name=a,alias=x,driver-opt=k=v", "--network", "b", "--ip", "10.0.0.2", "busybox");
    expect(sent.HostConfig["NetworkMode"]).toBe("a");
    expect(sent["NetworkingConfig"]).toMatchObject({ EndpointsConfig: { a: { Aliases: ["x"], DriverOpts: { k: "v" }, IPAMConfig: { IPv4Address: "10.0.0.2" } }, b: { Aliases: null } } });
  });
  test("the id goes to a file, which goes again when there is no container", async () => {
    const { host, folder } = engine({ "POST /containers/create": Response.json({ Id: id, Warnings: ["a warning"] }, { status: 201 }) });
    const file = join(folder, "cid");
    expect((await wharf(["create", "--cidfile", file, "busybox"], { host })).err).toBe("WARNING: a warning\n");
    expect(readFileSync(file, "utf8")).toBe(id);
    expect(await wharf(["create", "--cidfile", file, "busybox"], { host })).toMatchObject({ code: 1, err: `container ID file found, make sure the other container isn't running or delete ${file}\n` });
    const refusing = engine({ "POST /containers/create": Response.json({ message: "no" }, { status: 409 }) });
    expect((await wharf(["create", "--cidfile", `${file}2`, "busybox"], { host: refusing.host })).err).toBe("Error response from daemon: no\n");
    expect(existsSync(`${file}2`)).toBe(false);
  });
  test("variables and labels from files", async () => {
    const folder = mkdtempSync(join(tmpdir(), "wharf-cli-"));
    try {
      writeFileSync(join(folder, "env"), "# comment\nA=from file\n\nHERE\nNOT_HERE\n");
      writeFileSync(join(folder, "labels"), "one=1\ntwo\n");
      const sent = await body("--env-file", join(folder, "env"), "-e", "B=2", "--label-file", join(folder, "labels"), "busybox");
      expect([sent["Env"], sent["Labels"]]).toEqual([["A=from file", "HERE=yes", "B=2"], { one: "1", two: "" }]);
      writeFileSync(join(folder, "env"), "A B=c\n");
      expect((await wharf(["create", "--env-file", join(folder, "env"), "busybox"], { host: "unix:///nonexistent.sock" })).err).toContain("variable 'A B' contains whitespaces");
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe("run", () => {
  test("in the background prints the id", async () => {
    const { host, asked } = engine({ "POST /containers/create": Response.json({ Id: id, Warnings: [] }, { status: 201 }), [`POST /containers/${id}/start`]: null });
    expect(await wharf(["run", "-d", "busybox"], { host })).toEqual({ code: 0, out: `${id}\n`, err: "" });
    expect(asked.map(({ request }) => request)).toEqual(["POST /containers/create", `POST /containers/${id}/start`]);
  });
  const failures: readonly (readonly [string, number])[] = [
    ['exec: "x": executable file not found in $PATH: unknown', 127],
    ['exec: "/etc": permission denied: unknown', 126],
    ["no space left on device", 125],
  ];
  for (const [message, code] of failures) {
    test(`a start that fails with "${message}" ends with ${code}`, async () => {
      const { host } = engine({
        "POST /containers/create": Response.json({ Id: id, Warnings: [] }, { status: 201 }),
        [`POST /containers/${id}/start`]: Response.json({ message }, { status: 400 }),
      });
      expect(await wharf(["run", "-d", "busybox"], { host })).toEqual({ code, out: "", err: `wharf: Error response from daemon: ${message}\n\nRun 'wharf run --help' for more information\n` });
    });
  }
  test("an image that is not there is asked for, unless that is forbidden", async () => {
    const { host } = engine({
      "POST /containers/create": Response.json({ message: "No such image: nope:latest" }, { status: 404 }),
      "POST /images/create": Response.json({ message: "pulling is not there yet" }, { status: 501 }),
    });
    expect(await wharf(["run", "nope"], { host })).toEqual({
      code: 125, out: "", err: "Unable to find image 'nope:latest' locally\nwharf: Error response from daemon: pulling is not there yet\n\nRun 'wharf run --help' for more information\n",
    });
    expect((await wharf(["run", "--pull=never", "nope"], { host })).err).toStartWith("wharf: Error response from daemon: No such image: nope:latest\n");
  });
});

describe("images", () => {
  const image = { Id: `sha256:${id}`, ParentId: "", RepoTags: ["busybox:latest", "localhost:5000/a/b:1"], RepoDigests: [`busybox@sha256:${id}`], Created: Date.now() / 1000 - 90_000, Size: 4_270_000, SharedSize: -1, Labels: null, Containers: -1 };
  test("a line for each name", async () => {
    const { host } = engine({ "GET /images/json": [image, { ...image, Id: `sha256:ffff${id}`, RepoTags: [], RepoDigests: [], Created: 1 }] });
    const { out } = await wharf(["images"], { host });
    expect(out.split("\n").slice(0, 4).map((line) => line.replace(/\d+ years/, "N years"))).toEqual([
      "REPOSITORY           TAG       IMAGE ID       CREATED        SIZE",
      "busybox              latest    0a82e78f64bf   25 hours ago   4.27MB",
      "localhost:5000/a/b   1         0a82e78f64bf   25 hours ago   4.27MB",
      "<none>               <none>    ffff0a82e78f   N years ago   4.27MB",
    ]);
  });
  test("with digests", async () => {
    const { host } = engine({ "GET /images/json": [image] });
    expect((await wharf(["images", "--digests", "--format", "{{.Repository}} {{.Digest}}"], { host })).out).toBe(`busybox sha256:${id}\nlocalhost:5000/a/b <none>\n`);
  });
  test("rmi tells what went", async () => {
    const { host } = engine({ "DELETE /images/busybox": [{ Untagged: "busybox:latest" }, { Deleted: `sha256:${id}` }] });
    expect((await wharf(["rmi", "busybox"], { host })).out).toBe(`Untagged: busybox:latest\nDeleted: sha256:${id}\n`);
  });
  test("load shows what was loaded, and a failure in the stream fails it", async () => {
    const good = engine({ "POST /images/load": new Response('{"stream":"Loaded image: busybox:latest\\n"}\n') });
    expect(await wharf(["load"], { host: good.host, input: "{}" })).toEqual({ code: 0, out: "Loaded image: busybox:latest\n", err: "" });
    const bad = engine({ "POST /images/load": new Response('{"errorDetail":{"message":"broken archive"},"error":"broken archive"}\n') });
    expect(await wharf(["load"], { host: bad.host, input: "{}" })).toEqual({ code: 1, out: "", err: "broken archive\n" });
  });
});

describe("completion", () => {
  const cases: readonly (readonly [line: string, candidates: readonly string[]])[] = [
    ["rena", ["rename"]], ["hel", ["help"]], ["container li", ["list"]], ["help container li", ["list"]], ["run --cap", ["--cap-add", "--cap-drop"]], ["stop w", ["web"]],
    ["load x", [":files"]], ["--tlsc", ["--tlscacert", "--tlscert"]], ["--host x stop w", []], ["-D stop w", ["web"]], ["--context de", ["default"]], ["context use d", ["default"]],
    ["run --pull m", ["missing"]], ["run --pull=n", ["--pull=never"]], ["run --restart u", ["unless-stopped"]], ["run --network n", ["net", "none"]], ["run --network=ne", ["--network=net"]],
    ["run --volumes-from w", ["web"]], ["run -d b", ["busybox:latest"]], ["run --env-file x", [":files"]], ["network rm n", ["net"]], ["completion z", ["zsh"]],
    ["system dial", []],
  ];
  for (const [line, candidates] of cases) {
    test(line, async () => {
      const { host } = engine({ "GET /containers/json": [container()], "GET /networks": [{ Name: "net" }], "GET /images/json": [{ RepoTags: ["busybox:latest"] }] });
      expect((await wharf(["__complete", ...line.split(" ")], { host })).out).toBe(candidates.map((word) => `${word}\n`).join(""));
    });
  }
  test("an engine that is not there is not started, and nothing is said", async () => {
    expect(await wharf(["__complete", "stop", "w"])).toEqual({ code: 0, out: "", err: "" });
  });
});

describe("on a terminal", () => {
  test("headings are bold, unless NO_COLOR is set", async () => {
    const { host } = engine({ "GET /networks": [{ Id: id, Name: "n", Driver: "bridge", Scope: "local", Labels: null }] });
    expect((await wharf(["network", "ls"], { host, columns: 80 })).out).toStartWith("\u001b[1mNETWORK ID     NAME      DRIVER    SCOPE\u001b[0m\n0a82e78f64bf");
    expect((await wharf(["network", "ls"], { host, columns: 80, environment: { NO_COLOR: "1" } })).out).toStartWith("NETWORK ID ");
    expect((await wharf(["--help"], { columns: 80 })).out).toContain("\u001b[1mManagement Commands:\u001b[0m\n  container ");
  });
  test("a table that is too wide gives way where it may, and not for --no-trunc", async () => {
    const { host } = engine({ "GET /containers/json": [container({ Names: ["/a-name-that-stays"] })] });
    const lines = async (columns: number, ...words: readonly string[]): Promise<string[]> =>
      (await wharf(["ps", ...words], { host, columns, environment: { NO_COLOR: "1" } })).out.trimEnd().split("\n");
    expect((await lines(115))[1]).toBe('0a82e78f64bf   busybox   "sleep 1000 and a go…"   2 hours ago   Up 2 hours   443/tcp, 0.0.0.0:…   a-name-that-stays');
    const [heading = "", row = ""] = await lines(100);
    expect([heading.length, row.length]).toEqual([row.length - "a-name-that-stays".length + "NAMES".length, 100]);
    expect(row).toBe('0a82e78f64bf   busybox   "sleep 1000 …   2 hours ago   Up 2 hours   443/tcp, 0.…   a-name-that-stays');
    expect((await lines(200))[1]).toContain("443/tcp, 0.0.0.0:8080->80/tcp");
    expect((await lines(80, "--no-trunc"))[1]).toContain("443/tcp, 0.0.0.0:8080->80/tcp");
  });
});

describe("which engine", () => {
  test("the flag, then WHARF_HOST, then DOCKER_HOST", async () => {
    const [first, second, third] = [1, 2, 3].map((n) => engine({ "GET /containers/json": [container({ Names: [`/c${n}`] })] }));
    const environment = { WHARF_HOST: second?.host ?? "", DOCKER_HOST: third?.host ?? "" };
    const names = ["ps", "--format", "{{.Names}}"];
    expect((await wharf(["-H", first?.host ?? "", ...names], { environment })).out).toBe("c1\n");
    expect((await wharf(names, { environment })).out).toBe("c2\n");
    expect((await wharf(names, { environment: { DOCKER_HOST: third?.host ?? "" } })).out).toBe("c3\n");
  });
  test("a context of docker's", async () => {
    const { host, folder } = engine({ "GET /containers/json": [container()] });
    const digest = new Bun.CryptoHasher("sha256").update("mine").digest("hex");
    await Bun.write(join(folder, `contexts/meta/${digest}/meta.json`), JSON.stringify({ Name: "mine", Endpoints: { docker: { Host: host } } }));
    writeFileSync(join(folder, "config.json"), JSON.stringify({ currentContext: "mine" }));
    expect((await wharf(["--config", folder, "ps", "-q"])).out).toBe("0a82e78f64bf\n");
    expect((await wharf(["--config", folder, "-c", "other", "ps"])).err).toContain('context "other": context not found');
  });
});
