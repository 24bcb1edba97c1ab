export type {
  Backend, ContainerBackend, ContainerCreateRequest, ContainerFileBackend, ContainerWait, ExecBackend, ExecStartOptions, FileArchive,
  ImageBackend, ImageInspectOptions, ImageLoadOptions, NetworkBackend, NetworkInspectOptions, PathArchive, ProgressSink, RegistryBackend, SystemBackend, VolumeBackend,
} from "./backend/index.ts";
export type { Attachment, AttachStreams, LogOutput, OutputSink, OutputStream } from "./backend/index.ts";
export { ApiServer } from "./server.ts";
export type { ServerOptions } from "./server.ts";
export { listenTargets } from "./listen-targets.ts";
export type { ListenPolicy } from "./listen-targets.ts";
export { parseListenAddress } from "./socket/index.ts";
export type { ListenAddress } from "./socket/index.ts";
export { activatedSockets } from "./socket/index.ts";
export type { ActivatedSocket, ActivationEnvironment } from "./socket/index.ts";
export type { TlsIdentity } from "./http/index.ts";
export type { ServerLog } from "./log.ts";
