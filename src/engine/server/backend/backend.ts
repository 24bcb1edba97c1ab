import type {
  AuthConfig, AuthReply, CheckReport, ContainerAttachOptions, ContainerCommitOptions, ContainerCreateBody, ContainerCreateReply, ContainerExtractOptions, ContainerInspect,
  ContainerListOptions, ContainerLogsOptions, ContainerPathStat, ContainerPruneFilter, ContainerPruneReply, ContainerRemoveOptions,
  ContainerStats, ContainerStatsOptions, ContainerStopOptions, ContainerSummary, ContainerTopReply, ContainerUpdateBody,
  ContainerUpdateReply, ContainerWaitReply, DataUsage, DataUsageType, EventMessage, EventsOptions, ExecCreateBody, ExecInspect, FilesystemChange, Filters,
  ImageDeleteItem, ImageHistoryItem, ImageImportOptions, ImageInspect, ImageListOptions, ImagePruneFilter, ImagePruneReply,
  ImageRemoveOptions, ImageSummary, Network, NetworkConnectBody, NetworkCreateBody, NetworkCreateReply, NetworkDisconnectBody,
  NetworkFilter, NetworkPruneFilter, NetworkPruneReply, Platform, PortReach, ProgressMessage, SystemInfo, SystemVersion, TerminalSize, Volume,
  VolumeCloneBody, VolumeCreateBody, VolumeFilter, VolumeListReply, VolumePruneFilter, VolumePruneReply, WaitCondition,
} from "../../../api/types/index.ts";
import type { Attachment, LogOutput } from "./stream.ts";

/**
 * What the server needs of the engine, in wire types: a handler decodes, calls one of these, encodes.
 *
 * Everywhere: `ref` is what the client wrote (an id, a unique prefix of one, or a name); the service resolves it and
 * throws `not-found` with docker's text. Errors are {@link EngineError}s; `already-done` is answered with 304. The
 * signal is aborted when the client is gone; work that has begun to change something goes on to its end or undoes itself.
 */
export interface Backend {
  readonly containers: ContainerBackend;
  readonly files: ContainerFileBackend;
  readonly execs: ExecBackend;
  readonly images: ImageBackend;
  readonly volumes: VolumeBackend;
  readonly networks: NetworkBackend;
  readonly system: SystemBackend;
  readonly registries: RegistryBackend;
}

export interface ContainerBackend {
  create(request: ContainerCreateRequest, signal: AbortSignal): Promise<ContainerCreateReply>;
  /** Newest first; from memory, so at once. */
  list(options: ContainerListOptions, signal: AbortSignal): Promise<readonly ContainerSummary[]>;
  inspect(ref: string, options: { readonly size: boolean }, signal: AbortSignal): Promise<ContainerInspect>;
  /** @throws EngineError `already-done` when it runs. */
  start(ref: string, options: { readonly detachKeys?: string }, signal: AbortSignal): Promise<void>;
  /** @throws EngineError `already-done` when it does not run. */
  stop(ref: string, options: ContainerStopOptions, signal: AbortSignal): Promise<void>;
  restart(ref: string, options: ContainerStopOptions, signal: AbortSignal): Promise<void>;
  /** @param options.signal name or number, "SIGKILL" where the client gave none */
  kill(ref: string, options: { readonly signal: string }, signal: AbortSignal): Promise<void>;
  /** Stops every process where it is. @throws EngineError `conflict` when it does not run, or is paused. */
  pause(ref: string, signal: AbortSignal): Promise<void>;
  /** Who reaches its published ports. */
  reach(ref: string, signal: AbortSignal): Promise<readonly PortReach[]>;
  unpause(ref: string, signal: AbortSignal): Promise<void>;
  /** Resolves when the wait is registered, which is when the client is answered with headers; `exit` is the body. */
  wait(ref: string, options: { readonly condition: WaitCondition }, signal: AbortSignal): Promise<ContainerWait>;
  /** Removes those that do not run. @throws EngineError `conflict` while another prune runs, here and elsewhere. */
  prune(filters: Filters<ContainerPruneFilter>, signal: AbortSignal): Promise<ContainerPruneReply>;
  /** Resolves when nothing of it is left. */
  remove(ref: string, options: ContainerRemoveOptions, signal: AbortSignal): Promise<void>;
  rename(ref: string, name: string, signal: AbortSignal): Promise<void>;
  resize(ref: string, size: TerminalSize, signal: AbortSignal): Promise<void>;
  /** Changes limits, restart policy and labels; of a container that runs at once. */
  update(ref: string, body: ContainerUpdateBody, signal: AbortSignal): Promise<ContainerUpdateReply>;
  /** @param psArguments options of ps(1); empty: "-ef" */
  top(ref: string, psArguments: string, signal: AbortSignal): Promise<ContainerTopReply>;
  /** Ends when the container is removed, or after one sample where no stream was asked for. */
  stats(ref: string, options: ContainerStatsOptions, signal: AbortSignal): Promise<AsyncIterable<ContainerStats>>;
  /** Puts a container, running or not, on one more network. */
  connect(network: string, body: NetworkConnectBody, signal: AbortSignal): Promise<void>;
  disconnect(network: string, body: NetworkDisconnectBody, signal: AbortSignal): Promise<void>;
  logs(ref: string, options: ContainerLogsOptions, signal: AbortSignal): Promise<LogOutput>;
  attach(ref: string, options: ContainerAttachOptions, signal: AbortSignal): Promise<Attachment>;
}

export interface ContainerCreateRequest {
  /** Without a leading slash; absent: the engine makes one up. */
  readonly name?: string;
  readonly platform?: Platform;
  readonly body: ContainerCreateBody;
}

export interface ContainerWait {
  /** Rejects with `cancelled` once the signal is aborted. */
  readonly exit: Promise<ContainerWaitReply>;
}

/** The file systems of containers, running or not: what their programs see but for what the kernel makes up, such as /proc. */
export interface ContainerFileBackend {
  /** @throws EngineError `not-found`, docker's text */
  stat(ref: string, path: string, signal: AbortSignal): Promise<ContainerPathStat>;
  /** A file, a link as it is, or a folder with all that is in it. */
  archive(ref: string, path: string, signal: AbortSignal): Promise<PathArchive>;
  /** @throws EngineError `forbidden` with docker's texts where the container's root or the volume is read-only */
  extract(ref: string, archive: AsyncIterable<Uint8Array>, options: ContainerExtractOptions, signal: AbortSignal): Promise<void>;
  /** Null for none, as docker answers. */
  changes(ref: string, signal: AbortSignal): Promise<readonly FilesystemChange[] | null>;
  /** The root without what is mounted in it. */
  export(ref: string, signal: AbortSignal): Promise<FileArchive>;
  /** Answers the new image's id. */
  commit(ref: string, options: ContainerCommitOptions, signal: AbortSignal): Promise<string>;
}

/** To be read once; disposal lets go of the container's files. */
export interface FileArchive extends AsyncDisposable {
  readonly content: AsyncIterable<Uint8Array>;
}

export interface PathArchive extends FileArchive {
  readonly stat: ContainerPathStat;
}

export interface ExecBackend {
  /** Answers the exec's id. */
  create(containerRef: string, body: ExecCreateBody, signal: AbortSignal): Promise<string>;
  inspect(id: string, signal: AbortSignal): Promise<ExecInspect>;
  /** Starts it without a client; resolves when it runs. */
  start(id: string, options: ExecStartOptions, signal: AbortSignal): Promise<void>;
  /** The program starts with the attachment's `run`. */
  attach(id: string, options: ExecStartOptions, signal: AbortSignal): Promise<Attachment>;
  resize(id: string, size: TerminalSize, signal: AbortSignal): Promise<void>;
}

export interface ExecStartOptions {
  readonly tty: boolean;
  readonly consoleSize?: TerminalSize;
}

/** Takes one line of a reply that shows progress; resolves when more may be sent. */
export type ProgressSink = (message: ProgressMessage) => Promise<void>;

export interface ImageBackend {
  list(options: ImageListOptions, signal: AbortSignal): Promise<readonly ImageSummary[]>;
  inspect(ref: string, options: ImageInspectOptions, signal: AbortSignal): Promise<ImageInspect>;
  history(ref: string, options: { readonly platform?: Platform }, signal: AbortSignal): Promise<readonly ImageHistoryItem[]>;
  tag(ref: string, target: { readonly repository: string; readonly tag?: string }, signal: AbortSignal): Promise<void>;
  remove(ref: string, options: ImageRemoveOptions, signal: AbortSignal): Promise<readonly ImageDeleteItem[]>;
  /** Removes those that no container stands on: without a tag, or all. */
  prune(filters: Filters<ImagePruneFilter>, signal: AbortSignal): Promise<ImagePruneReply>;
  load(archive: AsyncIterable<Uint8Array>, options: ImageLoadOptions, signal: AbortSignal): Promise<void>;
  /** One archive with all of them. Resolves, with the bytes to come, when every ref was found. */
  save(refs: readonly string[], options: { readonly platform?: Platform }, signal: AbortSignal): Promise<AsyncIterable<Uint8Array>>;
  /** Makes an image of one layer; answers its id. */
  import(layer: AsyncIterable<Uint8Array>, options: ImageImportOptions, signal: AbortSignal): Promise<string>;
}

export interface ImageInspectOptions {
  readonly manifests: boolean;
  readonly platform?: Platform;
}

export interface ImageLoadOptions {
  /** No progress, only what was loaded. */
  readonly quiet: boolean;
  readonly platform?: Platform;
  readonly progress: ProgressSink;
}

export interface VolumeBackend {
  list(filters: Filters<VolumeFilter>, signal: AbortSignal): Promise<VolumeListReply>;
  /** An existing volume of that name and driver is answered as it is. */
  create(body: VolumeCreateBody, signal: AbortSignal): Promise<Volume>;
  inspect(name: string, signal: AbortSignal): Promise<Volume>;
  remove(name: string, options: { readonly force: boolean }, signal: AbortSignal): Promise<void>;
  prune(filters: Filters<VolumePruneFilter>, signal: AbortSignal): Promise<VolumePruneReply>;
  /** @throws EngineError `conflict` while a container has it, or when the new name is taken */
  rename(name: string, newName: string, signal: AbortSignal): Promise<void>;
  /** Whoever uses the volume is not held still meanwhile. @throws EngineError `conflict` when the new name is taken */
  clone(name: string, body: VolumeCloneBody, signal: AbortSignal): Promise<Volume>;
  /** Resolves, with the bytes to come, when the volume was found. */
  export(name: string, signal: AbortSignal): Promise<AsyncIterable<Uint8Array>>;
  /** Files that are there are replaced, folders merged. A volume that was made for it goes again where the archive is damaged. */
  import(name: string, archive: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<Volume>;
}

export interface NetworkBackend {
  list(filters: Filters<NetworkFilter>, signal: AbortSignal): Promise<readonly Network[]>;
  inspect(ref: string, options: NetworkInspectOptions, signal: AbortSignal): Promise<Network>;
  create(body: NetworkCreateBody, signal: AbortSignal): Promise<NetworkCreateReply>;
  /** @throws EngineError `forbidden` while a container is on it, and for those that are always there. */
  remove(ref: string, signal: AbortSignal): Promise<void>;
  prune(filters: Filters<NetworkPruneFilter>, signal: AbortSignal): Promise<NetworkPruneReply>;
}

export interface NetworkInspectOptions {
  readonly verbose: boolean;
  /** Only a network of this scope is meant. */
  readonly scope?: string;
}

/** Other people's registries. */
export interface RegistryBackend {
  /** @throws EngineError `unauthorized` where the registry does not know whoever it is, `unavailable` where it does not answer */
  logIn(auth: AuthConfig, signal: AbortSignal): Promise<AuthReply>;
}

export interface SystemBackend {
  /** The engine's own data; the server fills in ApiVersion and MinAPIVersion. */
  version(signal: AbortSignal): Promise<SystemVersion>;
  info(signal: AbortSignal): Promise<SystemInfo>;
  /** Compares records, disk and kernel. @param options.repair also puts right what can be */
  check(options: { readonly repair: boolean }, signal: AbortSignal): Promise<CheckReport>;
  /** What takes place on the disk, of some kinds or, where none is named, of all; reads all of it, so it may take its time. */
  dataUsage(types: ReadonlySet<DataUsageType>, signal: AbortSignal): Promise<DataUsage>;
  /** Resolves when it is subscribed: nothing that happens from now on is missed. Ends at `until` or when the signal is aborted. */
  events(options: EventsOptions, signal: AbortSignal): Promise<AsyncIterable<EventMessage>>;
}
