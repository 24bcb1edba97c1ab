import { EngineError } from "../../../base/index.ts";
import type { ContainerStats, CpuStats, ExecCreateBody, ExecInspect, ImageInspect, Network, Volume } from "../../../api/types/index.ts";
import type { Attachment, Backend, ContainerBackend, ContainerFileBackend, ExecBackend, ImageBackend, NetworkBackend, SystemBackend, VolumeBackend } from "../backend/index.ts";
import { fakeContainerFiles } from "./fake-container-files.ts";
import { FakeContainer } from "./fake-container.ts";
import { runProgram } from "./fake-program.ts";
import { fakeInfo, fakeVersion } from "./fake-system.ts";

const imageId = `sha256:${"1".repeat(64)}`;

const image: ImageInspect = {
  Id: imageId,
  RepoTags: ["busybox:latest"],
  RepoDigests: [],
  Comment: "",
  Created: "2024-01-02T03:04:05Z",
  Author: "",
  Config: { Cmd: ["sh"], Env: ["PATH=/bin"] },
  Architecture: "amd64",
  Os: "linux",
  Size: 4_000_000,
  GraphDriver: { Data: null, Name: "overlay2" },
  RootFS: { Type: "layers", Layers: [`sha256:${"3".repeat(64)}`] },
  Metadata: { LastTagTime: "2024-01-02T03:04:05Z" },
  Descriptor: { mediaType: "application/vnd.oci.image.index.v1+json", digest: imageId, size: 1 },
};

/** An engine in memory behind the same interfaces, for tests of what stands before it. */
export class FakeBackend implements Backend {
  readonly made = new Map<string, FakeContainer>();
  /** What `images load` and `import` were sent. */
  readonly uploads: number[] = [];
  private readonly commands = new Map<string, { readonly body: ExecCreateBody; exitCode: number | null }>();
  private readonly namedVolumes = new Map<string, Volume>();

  readonly containers: ContainerBackend = {
    create: (request) => {
      if (request.body.Image !== "busybox") throw new EngineError("not-found", `No such image: ${request.body.Image}:latest`);
      const id = String(this.made.size + 1).padStart(64, "a");
      this.made.set(id, new FakeContainer(id, request));
      return Promise.resolve({ Id: id, Warnings: [] });
    },
    list: ({ all }) => Promise.resolve([...this.made.values()].filter(({ state }) => all || state === "running").map((made) => made.summary())),
    inspect: (ref) => Promise.resolve(this.find(ref).inspect()),
    start: (ref) => {
      const container = this.find(ref);
      if (container.state === "running") throw new EngineError("already-done", `container ${ref} is running`);
      container.start();
      return Promise.resolve();
    },
    stop: (ref) => {
      const container = this.find(ref);
      if (container.state !== "running") throw new EngineError("already-done", `container ${ref} does not run`);
      container.stop(143);
      return Promise.resolve();
    },
    restart: (ref) => {
      this.find(ref).start();
      return Promise.resolve();
    },
    kill: (ref) => {
      const container = this.find(ref);
      if (container.state !== "running") throw new EngineError("conflict", `cannot kill container: ${ref}: container ${container.id} is not running`);
      container.stop(137);
      return Promise.resolve();
    },
    pause: (ref) => {
      const container = this.find(ref);
      if (container.state !== "running") throw new EngineError("conflict", `container ${container.id} is not running`);
      return Promise.resolve();
    },
    unpause: (ref) => {
      throw new EngineError("internal", `Container ${this.find(ref).id} is not paused`);
    },
    wait: (ref) => Promise.resolve({ exit: this.find(ref).wait() }),
    remove: (ref) => {
      this.made.delete(this.find(ref).id);
      return Promise.resolve();
    },
    prune: () => {
      const stopped = [...this.made.values()].filter(({ state }) => state !== "running").map(({ id }) => id);
      for (const id of stopped) this.made.delete(id);
      return Promise.resolve({ ContainersDeleted: stopped, SpaceReclaimed: stopped.length * 1000 });
    },
    rename: (ref, name) => {
      this.find(ref).name = name;
      return Promise.resolve();
    },
    resize: (ref) => {
      this.find(ref);
      return Promise.resolve();
    },
    update: (ref) => {
      this.find(ref);
      return Promise.resolve({ Warnings: [] });
    },
    reach: (ref) => {
      this.find(ref);
      return Promise.resolve([]);
    },
    top: (ref, psArguments) => {
      this.find(ref);
      return Promise.resolve({ Titles: ["PID", psArguments], Processes: [["1", "sh -c x"]] });
    },
    stats: (ref, { stream }) => {
      const { id, name } = this.find(ref);
      return Promise.resolve(samplesOf({ id, name, count: stream ? 3 : 1 }));
    },
    connect: (_, { Container }) => {
      this.find(Container);
      return Promise.resolve();
    },
    disconnect: (_, { Container }) => {
      this.find(Container);
      return Promise.resolve();
    },
    logs: (ref) => Promise.resolve(this.find(ref).logs()),
    attach: (ref) => Promise.resolve(this.find(ref).attach()),
  };

  readonly files: ContainerFileBackend = fakeContainerFiles((ref) => this.find(ref));

  readonly execs: ExecBackend = {
    create: (ref, body) => {
      this.find(ref);
      const id = String(this.commands.size + 1).padStart(64, "e");
      this.commands.set(id, { body, exitCode: null });
      return Promise.resolve(id);
    },
    inspect: (id) => Promise.resolve(this.inspectExec(id)),
    start: async (id, _options, signal) => {
      await this.attachExec(id).run({ stdin: null, output: { write: () => Promise.resolve() }, signal });
    },
    attach: (id) => Promise.resolve(this.attachExec(id)),
    resize: (id) => {
      this.inspectExec(id);
      return Promise.resolve();
    },
  };

  readonly images: ImageBackend = {
    list: () => Promise.resolve([
      {
        Id: imageId, ParentId: "", RepoTags: [], RepoDigests: [], Created: 1_700_000_000, Size: 4_000_000, SharedSize: -1, Labels: null,
        Containers: -1, Descriptor: { mediaType: "application/vnd.oci.image.index.v1+json", digest: imageId, size: 1 },
      },
    ]),
    inspect: (ref) => Promise.resolve(this.findImage(ref)),
    history: (ref) => {
      const { Id, Size } = this.findImage(ref);
      return Promise.resolve([{ Id, Created: 1_700_000_000, CreatedBy: "CMD [\"sh\"]", Tags: ["busybox:latest"], Size, Comment: "" }]);
    },
    tag: (ref) => {
      this.findImage(ref);
      return Promise.resolve();
    },
    remove: (ref) => Promise.resolve([{ Untagged: `${ref}:latest` }, { Deleted: this.findImage(ref).Id }]),
    prune: (filters) => Promise.resolve({ ImagesDeleted: filters.get("dangling")?.[0] === "false" ? [{ Deleted: imageId }] : null, SpaceReclaimed: 0 }),
    load: async (archive, { progress }) => {
      const size = await this.upload(archive);
      if (size === 0) throw new EngineError("invalid-argument", "unexpected EOF");
      await progress({ stream: "Loaded image: busybox:latest\n" });
      if (size === 13) throw new EngineError("data-corrupt", "the archive is broken");
    },
    save: (refs) => {
      for (const ref of refs) this.findImage(ref);
      return Promise.resolve(archiveOf(refs));
    },
    import: async (layer) => {
      await this.upload(layer);
      return imageId;
    },
  };

  readonly volumes: VolumeBackend = {
    list: () => Promise.resolve({ Volumes: [...this.namedVolumes.values()], Warnings: null }),
    create: ({ Name, Driver, Labels, DriverOpts }) => {
      const volume: Volume = {
        Name: Name === "" ? "f".repeat(64) : Name, Driver: Driver === "" ? "local" : Driver, Mountpoint: `/volumes/${Name}/_data`, Labels, Scope: "local",
        Options: DriverOpts, CreatedAt: "2024-01-02T03:04:05Z",
      };
      this.namedVolumes.set(volume.Name, volume);
      return Promise.resolve(volume);
    },
    inspect: (name) => Promise.resolve(this.findVolume(name)),
    remove: (name) => {
      this.namedVolumes.delete(this.findVolume(name).Name);
      return Promise.resolve();
    },
    rename: (name, newName) => {
      const volume = this.findVolume(name);
      this.namedVolumes.delete(name);
      this.namedVolumes.set(newName, { ...volume, Name: newName });
      return Promise.resolve();
    },
    clone: (name, { Name, Labels }) => this.volumes.create({ ...this.findVolume(name), Name, Driver: "", DriverOpts: null, Labels }, new AbortController().signal),
    export: (name) => Promise.resolve(archiveOf([this.findVolume(name).Name])),
    import: async (name, archive) => {
      await this.upload(archive);
      return this.findVolume(name);
    },
    prune: (filters) => Promise.resolve({ VolumesDeleted: filters.get("all") === undefined ? [] : ["all"], SpaceReclaimed: 0 }),
  };

  readonly networks: NetworkBackend = {
    list: () => Promise.resolve([bridge]),
    inspect: (ref) => {
      if (ref !== "bridge") throw new EngineError("not-found", `network ${ref} not found`);
      return Promise.resolve(bridge);
    },
    create: ({ Name }) => {
      if (Name === "bridge") return Promise.reject(new EngineError("forbidden", `operation is not permitted on predefined ${Name} network `));
      return Promise.resolve({ Id: "e".repeat(64), Warning: "" });
    },
    remove: (ref) => (ref === "backend" ? Promise.resolve() : Promise.reject(new EngineError("not-found", `network ${ref} not found`))),
    prune: () => Promise.resolve({ NetworksDeleted: ["backend"] }),
  };

  readonly registries: Backend["registries"] = {
    logIn: ({ serveraddress }) => Promise.reject(new EngineError("unavailable", `Get "https://${serveraddress}/v2/": dial tcp: lookup ${serveraddress}: no such host`)),
  };

  readonly system: { -readonly [K in keyof SystemBackend]: SystemBackend[K] } = {
    version: () => Promise.resolve(fakeVersion),
    info: () => Promise.resolve(fakeInfo),
    check: ({ repair }) => Promise.resolve({ Findings: [{ Subject: "blob", Name: imageId, Size: 12, Reason: "no image needs it", State: repair ? "repaired" : "found" }] }),
    dataUsage: async (types) => ({
      LayersSize: 4_000_000, Images: types.has("volume") ? null : [...await this.images.list({ all: false, filters: new Map(), sharedSize: true, manifests: false }, new AbortController().signal)],
      Containers: null, Volumes: [...this.namedVolumes.values()], BuildCache: null,
    }),
    events: (options) => Promise.resolve(eventsUntil(options.until)),
  };

  find(ref: string): FakeContainer {
    const found = [...this.made.values()].find(({ id, name }) => id === ref || name === ref);
    if (found === undefined) throw new EngineError("not-found", `No such container: ${ref}`);
    return found;
  }

  private findImage(ref: string): ImageInspect {
    if (!["busybox", "busybox:latest", "localhost:5000/a/b:1", imageId].includes(ref)) throw new EngineError("not-found", `No such image: ${ref}`);
    return image;
  }

  private findVolume(name: string): Volume {
    const found = this.namedVolumes.get(name);
    if (found === undefined) throw new EngineError("not-found", `get ${name}: no such volume`);
    return found;
  }

  private async upload(bytes: AsyncIterable<Uint8Array>): Promise<number> {
    let size = 0;
    for await (const chunk of bytes) size += chunk.length;
    this.uploads.push(size);
    return size;
  }

  private findExec(id: string): { readonly body: ExecCreateBody; exitCode: number | null } {
    const found = this.commands.get(id);
    if (found === undefined) throw new EngineError("not-found", `No such exec instance: ${id}`);
    return found;
  }

  private attachExec(id: string): Attachment {
    const command = this.findExec(id);
    return {
      tty: command.body.Tty,
      run: async (streams) => {
        if (command.body.Cmd?.[0] === "nothing") {
          command.exitCode = 127;
          throw new EngineError("invalid-argument", 'exec: "nothing": executable file not found in $PATH');
        }
        command.exitCode = (await runProgram(command.body.Cmd ?? [], streams, Promise.resolve(0))).exitCode;
      },
      [Symbol.asyncDispose]: () => Promise.resolve(),
    };
  }

  private inspectExec(id: string): ExecInspect {
    const { body, exitCode } = this.findExec(id);
    return {
      ID: id, Running: false, ExitCode: exitCode, ProcessConfig: { tty: body.Tty, entrypoint: body.Cmd?.[0] ?? "", arguments: body.Cmd?.slice(1) ?? [] },
      OpenStdin: body.AttachStdin, OpenStderr: true, OpenStdout: true, CanRemove: false, ContainerID: "a".repeat(64), DetachKeys: "", Pid: 1,
    };
  }
}

const bridge: Network = {
  Name: "bridge", Id: "b".repeat(64), Created: "2024-01-02T03:04:05Z", Scope: "local", Driver: "bridge", EnableIPv4: true, EnableIPv6: false,
  IPAM: { Driver: "default", Options: null, Config: [{ Subnet: "172.17.0.0/16" }] }, Internal: false, Attachable: false, Ingress: false,
  ConfigFrom: { Network: "" }, ConfigOnly: false, Containers: {}, Options: {}, Labels: {},
};

async function *archiveOf(refs: readonly string[]): AsyncGenerator<Uint8Array, void, undefined> {
  for (const ref of refs) yield await Promise.resolve(Buffer.from(`${ref}\n`));
}

async function *samplesOf({ id, name, count }: { id: string; name: string; count: number }): AsyncGenerator<ContainerStats, void, undefined> {
  const cpu = (total: number): CpuStats => ({
    cpu_usage: { total_usage: total, usage_in_kernelmode: 0, usage_in_usermode: total }, system_cpu_usage: total * 10, online_cpus: 2,
    throttling_data: { periods: 0, throttled_periods: 0, throttled_time: 0 },
  });
  const noIo = { io_service_bytes_recursive: null, io_serviced_recursive: null, io_queue_recursive: null, io_service_time_recursive: null, io_wait_time_recursive: null, io_merged_recursive: null, io_time_recursive: null, sectors_recursive: null };
  for (let index = 1; index <= count; index++) {
    yield await Promise.resolve({
      name: `/${name}`, id, read: "2024-01-02T03:04:05Z", preread: "2024-01-02T03:04:04Z", pids_stats: { current: index }, blkio_stats: noIo, num_procs: 0,
      storage_stats: {}, cpu_stats: cpu(index), precpu_stats: cpu(index - 1), memory_stats: { usage: 1024, limit: 4096 },
    });
  }
}

async function *eventsUntil(until: bigint | undefined): AsyncGenerator<
  { Type: "container"; Action: string; Actor: { ID: string; Attributes: Record<string, string> }; scope: "local"; time: number; timeNano: bigint },
  void, undefined
> {
  yield await Promise.resolve({
    Type: "container", Action: "start", Actor: { ID: "abc", Attributes: { name: "one" } }, scope: "local", time: 1_700_000_000,
    timeNano: until ?? 1_700_000_000_123_456_789n,
  });
}
