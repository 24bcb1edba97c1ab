import { describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ScriptedEngine, wharf } from "../fake/index.ts";

const id = "0a82e78f64bf968a27b71faed11d56f7a2ed370a340459b4025eeb771bfd04a2";

async function sent(...words: readonly string[]): Promise<{ readonly request: string; readonly body: unknown }> {
  using engine = new ScriptedEngine({ "POST /containers/create": { Id: id, Warnings: [] } });
  const outcome = await wharf(words, { host: engine.host });
  expect(outcome).toEqual({ code: 0, out: `${id}\n`, err: "" });
  return engine.asked[0] ?? { request: "", body: undefined };
}

/** What each flag of `create` and `run` becomes in the request's body. */
const cases: readonly (readonly [words: readonly string[], body: unknown])[] = [
  [["create", "--add-host", "a=1.2.3.4", "--add-host", "b:host-gateway"], { HostConfig: { ExtraHosts: ["a:1.2.3.4", "b:host-gateway"] } }],
  [["create", "--annotation", "a=b"], { HostConfig: { Annotations: { a: "b" } } }],
  [["create", "--attach", "stdin", "--interactive"], { AttachStdin: true, AttachStdout: false, AttachStderr: false, OpenStdin: true, StdinOnce: true }],
  [["create", "--blkio-weight", "300", "--blkio-weight-device", "/dev/a:400"], { HostConfig: { BlkioWeight: 300, BlkioWeightDevice: [{ Path: "/dev/a", Weight: 400 }] } }],
  [["create", "--cap-add", "net_admin", "--cap-drop", "CAP_MKNOD"], { HostConfig: { CapAdd: ["CAP_NET_ADMIN"], CapDrop: ["CAP_MKNOD"] } }],
  [["create", "--cgroup-parent", "/p", "--cgroupns", "private"], { HostConfig: { CgroupParent: "/p", CgroupnsMode: "private" } }],
  [["create", "--cpu-period", "50000", "--cpu-quota", "25000"], { HostConfig: { CpuPeriod: 50_000, CpuQuota: 25_000 } }],
  [["create", "--cpu-rt-period", "1000", "--cpu-rt-runtime", "500", "--cpu-shares", "512"], { HostConfig: { CpuRealtimePeriod: 1000, CpuRealtimeRuntime: 500, CpuShares: 512 } }],
  [["create", "--cpus", "1.5", "--cpuset-cpus", "0-1", "--cpuset-mems", "0"], { HostConfig: { NanoCpus: 1_500_000_000, CpusetCpus: "0-1", CpusetMems: "0" } }],
  [["create", "--device", "/dev/a:/dev/b:r"], { HostConfig: { Devices: [{ PathOnHost: "/dev/a", PathInContainer: "/dev/b", CgroupPermissions: "r" }] } }],
  [["create", "--device", "vendor.com/gpu=all"], { HostConfig: { Devices: [], DeviceRequests: [{ Driver: "cdi", DeviceIDs: ["vendor.com/gpu=all"] }] } }],
  [["create", "--device-cgroup-rule", "c 1:3 mr"], { HostConfig: { DeviceCgroupRules: ["c 1:3 mr"] } }],
  [["create", "--device-read-bps", "/dev/a:1mb", "--device-write-bps", "/dev/a:2kb"], { HostConfig: { BlkioDeviceReadBps: [{ Path: "/dev/a", Rate: 1_048_576 }], BlkioDeviceWriteBps: [{ Path: "/dev/a", Rate: 2048 }] } }],
  [["create", "--device-read-iops", "/dev/a:10", "--device-write-iops", "/dev/a:20"], { HostConfig: { BlkioDeviceReadIOps: [{ Path: "/dev/a", Rate: 10 }], BlkioDeviceWriteIOps: [{ Path: "/dev/a", Rate: 20 }] } }],
  [["create", "--dns", "1.1.1.1", "--dns-option", "ndots:2", "--dns-search", "example.com"], { HostConfig: { Dns: ["1.1.1.1"], DnsOptions: ["ndots:2"], DnsSearch: ["example.com"] } }],
  [["create", "--hostname", "h", "--domainname", "d.example"], { Hostname: "h", Domainname: "d.example" }],
  [["create", "--entrypoint", "/bin/x", "--env", "A=1", "--expose", "80"], { Entrypoint: ["/bin/x"], Env: ["A=1"], ExposedPorts: { "80/tcp": {} } }],
  [["create", "--gpus", "2"], { HostConfig: { DeviceRequests: [{ Count: 2, Capabilities: [["gpu"]] }] } }],
  [["create", "--group-add", "audio", "--init", "--ipc", "shareable"], { HostConfig: { GroupAdd: ["audio"], Init: true, IpcMode: "shareable" } }],
  [["create", "--health-cmd", "true", "--health-interval", "5s", "--health-retries", "2"], { Healthcheck: { Test: ["CMD-SHELL", "true"], Interval: 5_000_000_000, Retries: 2 } }],
  [["create", "--health-start-interval", "1s", "--health-start-period", "2s", "--health-timeout", "3s"], { Healthcheck: { StartInterval: 1_000_000_000, StartPeriod: 2_000_000_000, Timeout: 3_000_000_000 } }],
  [["create", "--no-healthcheck"], { Healthcheck: { Test: ["NONE"] } }],
  [["create", "--isolation", "default"], { HostConfig: { Isolation: "default" } }],
  [["create", "--network", "n", "--ip", "10.1.2.3", "--ip6", "fd00::3", "--link-local-ip", "169.254.1.1", "--network-alias", "al", "--link", "other:o", "--mac-address", "02:42:ac:11:00:09"], {
    HostConfig: { NetworkMode: "n" },
    NetworkingConfig: { EndpointsConfig: { n: {
      Aliases: ["al"], Links: ["other:o"], MacAddress: "02:42:ac:11:00:09", IPAMConfig: { IPv4Address: "10.1.2.3", IPv6Address: "fd00::3", LinkLocalIPs: ["169.254.1.1"] },
    } } },
  }],
  [["create", "--label", "a=1", "--log-driver", "local", "--log-opt", "max-size=1m"], { Labels: { a: "1" }, HostConfig: { LogConfig: { Type: "local", Config: { "max-size": "1m" } } } }],
  [["create", "--memory", "64m", "--memory-reservation", "32m", "--memory-swap", "-1", "--memory-swappiness", "10"], {
    HostConfig: { Memory: 67_108_864, MemoryReservation: 33_554_432, MemorySwap: -1, MemorySwappiness: 10 },
  }],
  [["create", "--mount", "type=tmpfs,dst=/t,tmpfs-size=1m"], { HostConfig: { Mounts: [{ Type: "tmpfs", Target: "/t", TmpfsOptions: { SizeBytes: 1_048_576 } }] } }],
  [["create", "--oom-kill-disable", "--oom-score-adj", "100", "--pid", "host", "--pids-limit", "50"], { HostConfig: { OomKillDisable: true, OomScoreAdj: 100, PidMode: "host", PidsLimit: 50 } }],
  [["create", "--privileged", "--publish", "127.0.0.1:81:80/udp", "--publish-all", "--read-only"], {
    HostConfig: { Privileged: true, PortBindings: { "80/udp": [{ HostIp: "127.0.0.1", HostPort: "81" }] }, PublishAllPorts: true, ReadonlyRootfs: true },
  }],
  [["create", "--restart", "on-failure:3", "--runtime", "crun", "--security-opt", "no-new-privileges"], {
    HostConfig: { RestartPolicy: { Name: "on-failure", MaximumRetryCount: 3 }, Runtime: "crun", SecurityOpt: ["no-new-privileges"] },
  }],
  [["create", "--rm", "--shm-size", "32m", "--stop-signal", "HUP", "--stop-timeout", "3"], { StopSignal: "HUP", StopTimeout: 3, HostConfig: { AutoRemove: true, ShmSize: 33_554_432 } }],
  [["create", "--storage-opt", "size=1G", "--sysctl", "net.ipv4.ip_forward=1", "--tmpfs", "/x:size=1m", "--tty"], {
    Tty: true, HostConfig: { StorageOpt: { size: "1G" }, Sysctls: { "net.ipv4.ip_forward": "1" }, Tmpfs: { "/x": "size=1m" } },
  }],
  [["create", "--ulimit", "nofile=10:20", "--user", "1:2", "--userns", "host", "--uts", "host"], { User: "1:2", HostConfig: { Ulimits: [{ Name: "nofile", Soft: 10, Hard: 20 }], UsernsMode: "host", UTSMode: "host" } }],
  [["create", "--volume", "v:/x:ro", "--volume", "/anonymous", "--volume-driver", "local", "--volumes-from", "other:ro", "--workdir", "/w"], {
    WorkingDir: "/w", Volumes: { "/anonymous": {} }, HostConfig: { Binds: ["v:/x:ro"], VolumeDriver: "local", VolumesFrom: ["other:ro"] },
  }],
];

describe("flags of create in the request", () => {
  for (const [words, body] of cases) test(words.slice(1).join(" "), async () => { expect((await sent(...words, "busybox", "true")).body).toMatchObject(body as object); });

  test("--name and --platform go with the address", async () => {
    expect((await sent("create", "--name", "n", "--platform", "linux/arm64/v8", "--pull", "never", "--quiet", "busybox")).request).toBe("POST /containers/create?name=n&platform=linux%2Farm64%2Fv8");
  });

  test("--env-file, --label-file and --cidfile", async () => {
    const folder = mkdtempSync(join(tmpdir(), "wharf-create-"));
    try {
      writeFileSync(join(folder, "env"), "# comment\nA=1\nB\n");
      writeFileSync(join(folder, "labels"), "x=1\ny\n");
      const { body } = await sent("create", "--env-file", join(folder, "env"), "--label-file", join(folder, "labels"), "--cidfile", join(folder, "id"), "busybox");
      expect(body).toMatchObject({ Env: ["A=1"], Labels: { x: "1", y: "" }, HostConfig: { ContainerIDFile: join(folder, "id") } });
      expect(await Bun.file(join(folder, "id")).text()).toBe(id);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test("--use-api-socket mounts the engine's socket, and copies the credentials that there are", async () => {
    const folder = mkdtempSync(join(tmpdir(), "wharf-create-"));
    try {
      writeFileSync(join(folder, "config.json"), JSON.stringify({ auths: { "r.example": { auth: "eDp5" } }, psFormat: "no concern of containers" }));
      using engine = new ScriptedEngine({ "POST /containers/create": { Id: id, Warnings: [] }, [`PUT /containers/${id}/archive`]: {} });
      expect(await wharf(["create", "--use-api-socket", "busybox"], { host: engine.host, environment: { DOCKER_CONFIG: folder } })).toMatchObject({ code: 0, err: "" });
      const [created, copied] = engine.asked;
      expect(created?.body).toMatchObject({
        Env: ["DOCKER_CONFIG=/run/secrets/docker"], HostConfig: { Mounts: [{ Type: "bind", Source: engine.socket, Target: "/var/run/docker.sock" }] },
      });
      expect(copied?.request).toBe(`PUT /containers/${id}/archive?path=%2F`);
      expect(copied?.body).toContain('run/secrets/docker/config.json');
      expect(copied?.body).toContain('{"auths":{"r.example":{"auth":"eDp5"}}}');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
