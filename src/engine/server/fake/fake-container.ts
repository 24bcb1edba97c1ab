import type { ContainerCreateRequest } from "../backend/index.ts";
import type { AttachStreams, Attachment, LogOutput, OutputStream } from "../backend/index.ts";
import type { ContainerCommitOptions, ContainerInspect, ContainerSummary, ContainerWaitReply } from "../../../api/types/index.ts";
import { runProgram } from "./fake-program.ts";

const never = "0001-01-01T00:00:00Z";
const someDay = "2024-01-02T03:04:05.000000006Z";

/** A container of the fake engine: its program is a function, and everything is known at once. */
export class FakeContainer {
  readonly id: string;
  readonly request: ContainerCreateRequest;
  name: string;
  state: "created" | "running" | "exited" = "created";
  exitCode = 0;
  readonly files = new Map<string, string>();
  readonly commits: ContainerCommitOptions[] = [];
  readonly output: { readonly stream: OutputStream; readonly bytes: Uint8Array }[] = [];
  /** Attachments that were asked for and have not ended. */
  attached = 0;
  private readonly stopped = Promise.withResolvers<number>();
  private readonly ended = Promise.withResolvers<ContainerWaitReply>();
  private readonly clients = new Set<AttachStreams>();
  private readonly firstClient = Promise.withResolvers<AttachStreams | undefined>();

  constructor(id: string, request: ContainerCreateRequest) {
    this.id = id;
    this.request = request;
    this.name = request.name ?? "quiet_name";
  }

  start(): void {
    this.state = "running";
    if (this.attached === 0) this.firstClient.resolve(undefined);
    void this.run();
  }

  stop(exitCode: number): void {
    this.stopped.resolve(exitCode);
  }

  wait(): Promise<ContainerWaitReply> {
    return this.ended.promise;
  }

  attach(): Attachment {
    this.attached += 1;
    return {
      tty: this.request.body.Tty,
      run: async (streams) => {
        this.clients.add(streams);
        this.firstClient.resolve(streams);
        const { promise, resolve } = Promise.withResolvers<undefined>();
        streams.signal.addEventListener("abort", () => { resolve(undefined); }, { once: true });
        await Promise.race([this.ended.promise, promise]);
        this.clients.delete(streams);
      },
      [Symbol.asyncDispose]: () => {
        this.attached -= 1;
        return Promise.resolve();
      },
    };
  }

  logs(): LogOutput {
    return {
      tty: this.request.body.Tty,
      copyTo: async (sink) => {
        for (const { stream, bytes } of this.output) await sink.write(stream, bytes);
      },
      [Symbol.asyncDispose]: () => Promise.resolve(),
    };
  }

  summary(): ContainerSummary {
    return {
      Id: this.id,
      Names: [`/${this.name}`],
      Image: this.request.body.Image,
      ImageID: `sha256:${"1".repeat(64)}`,
      Command: (this.request.body.Cmd ?? []).join(" "),
      Created: 1_700_000_000,
      Ports: [{ PrivatePort: 80, PublicPort: 8080, Type: "tcp", IP: "0.0.0.0" }],
      Labels: this.request.body.Labels ?? {},
      State: this.state,
      Status: this.state === "running" ? "Up 2 minutes" : `Exited (${this.exitCode}) 2 minutes ago`,
      HostConfig: { NetworkMode: "bridge" },
      NetworkSettings: { Networks: {} },
      Mounts: [],
    };
  }

  inspect(): ContainerInspect {
    const { HostConfig, NetworkingConfig, ...Config } = this.request.body;
    return {
      Id: this.id,
      Created: someDay,
      Path: Config.Cmd?.[0] ?? "",
      Args: Config.Cmd?.slice(1) ?? [],
      State: {
        Status: this.state, Running: this.state === "running", Paused: false, Restarting: false, OOMKilled: false, Dead: false, Pid: 0,
        ExitCode: this.exitCode, Error: "", StartedAt: never, FinishedAt: never,
      },
      Image: `sha256:${"1".repeat(64)}`,
      ResolvConfPath: "", HostnamePath: "", HostsPath: "", LogPath: "",
      Name: `/${this.name}`,
      RestartCount: 0,
      Driver: "overlay2",
      Platform: "linux",
      ImageManifestDescriptor: { mediaType: "application/vnd.oci.image.manifest.v1+json", digest: `sha256:${"2".repeat(64)}`, size: 2 },
      MountLabel: "", ProcessLabel: "", AppArmorProfile: "",
      ExecIDs: null,
      HostConfig,
      GraphDriver: { Data: null, Name: "overlay2" },
      Mounts: [],
      Config,
      NetworkSettings: {
        Bridge: "", SandboxID: "", SandboxKey: "", Ports: {}, HairpinMode: false, LinkLocalIPv6Address: "", LinkLocalIPv6PrefixLen: 0,
        SecondaryIPAddresses: null, SecondaryIPv6Addresses: null, EndpointID: "", Gateway: "", GlobalIPv6Address: "", GlobalIPv6PrefixLen: 0,
        IPAddress: "", IPPrefixLen: 0, IPv6Gateway: "", MacAddress: "",
        Networks: NetworkingConfig.EndpointsConfig ?? {
          front: {
            IPAMConfig: null, Links: null, Aliases: null, MacAddress: "", DriverOpts: null, GwPriority: 0, NetworkID: "", EndpointID: "",
            Gateway: "", IPAddress: "172.18.0.2", IPPrefixLen: 16, IPv6Gateway: "", GlobalIPv6Address: "", GlobalIPv6PrefixLen: 0, DNSNames: ["a"],
          },
        },
      },
    };
  }

  private async run(): Promise<void> {
    const first = await this.firstClient.promise;
    const write = async (stream: OutputStream, bytes: Uint8Array): Promise<void> => {
      this.output.push({ stream, bytes: Uint8Array.from(bytes) });
      for (const client of this.clients) await client.output.write(stream, bytes);
    };
    const streams: AttachStreams = { stdin: first?.stdin ?? null, output: { write }, signal: new AbortController().signal };
    const { Entrypoint, Cmd } = this.request.body;
    const { exitCode } = await runProgram([...Entrypoint ?? [], ...Cmd ?? []], streams, this.stopped.promise);
    this.exitCode = exitCode;
    this.state = "exited";
    this.ended.resolve({ StatusCode: exitCode });
  }
}
