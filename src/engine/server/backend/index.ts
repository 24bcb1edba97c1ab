export type {
  Backend, ContainerBackend, ContainerCreateRequest, ContainerFileBackend, ContainerWait, ExecBackend, ExecStartOptions, FileArchive,
  ImageBackend, ImageInspectOptions, ImageLoadOptions, NetworkBackend, NetworkInspectOptions, PathArchive, ProgressSink, RegistryBackend, SystemBackend, VolumeBackend,
} from "./backend.ts";
export type { Attachment, AttachStreams, LogOutput, OutputSink, OutputStream } from "./stream.ts";
