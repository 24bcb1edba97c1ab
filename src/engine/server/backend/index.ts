export type {
  Backend, ContainerBackend, ContainerCreateRequest, ContainerWait, ExecBackend, ExecStartOptions, ImageBackend, ImageInspectOptions,
  ImageLoadOptions, NetworkBackend, NetworkInspectOptions, ProgressSink, SystemBackend, VolumeBackend,
} from "./backend.ts";
export type { Attachment, AttachStreams, LogOutput, OutputSink, OutputStream } from "./stream.ts";
