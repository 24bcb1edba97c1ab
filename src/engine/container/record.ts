import { containerConfig, endpointSettings, hostConfig, mount } from "../../api/bodies/index.ts";
import { array, boolean, int64, object, oneOf, optional, parseJson, record, string, type Decoder } from "../../api/decode/index.ts";
import type { ContainerConfig, EndpointSettings, HostConfig, Mount } from "../../api/types/index.ts";
import { never, parseDigest, type Digest } from "../../base/index.ts";
import type { ProcessIdentity } from "../../host/process/index.ts";

/** What is kept of a container; everything else is made from it, or read from the kernel. */
export interface ContainerRecord {
  readonly id: string;
  /** Without the leading slash. */
  readonly name: string;
  /** RFC 3339. */
  readonly created: string;
  readonly imageId: Digest;
  /** Merged with the image's. */
  readonly config: ContainerConfig;
  readonly hostConfig: HostConfig;
  /** What was asked for on each network, by its name or id. */
  readonly endpoints: Readonly<Record<string, EndpointSettings>>;
  /** It was taken off the last of its networks: no endpoints, and that of its mode is not wanted either. */
  readonly hasLeftNetworks?: boolean;
  /** Name of the volume at each place in the container. */
  readonly volumes: Readonly<Record<string, string>>;
  /** What it has of other containers (`--volumes-from`), as it was when it was made. */
  readonly inherited: readonly Mount[];
  /** Id of the image that is mounted at each place. */
  readonly mountedImages: Readonly<Record<string, Digest>>;
  readonly runtime: string;
  /** Restarts by its policy since it was started by hand. */
  readonly restartCount: number;
  readonly state: StoredState;
}

export type StoredStatus = "created" | "running" | "restarting" | "exited" | "dead";

export interface StoredState {
  readonly status: StoredStatus;
  readonly isPaused: boolean;
  readonly exitCode: number;
  /** Why the last start failed. */
  readonly error: string;
  readonly isOutOfMemory: boolean;
  readonly startedAt: string;
  readonly finishedAt: string;
  /** Ended on purpose: its restart policy waits for the next start by hand. */
  readonly isStopped: boolean;
  /** While the program runs. */
  readonly conmon?: ProcessIdentity;
  readonly program?: ProcessIdentity;
}

export const freshState: StoredState = {
  status: "created", isPaused: false, exitCode: 0, error: "", isOutOfMemory: false, startedAt: never, finishedAt: never, isStopped: false,
};

const digest: Decoder<Digest> = (value, path) => parseDigest(string(value, path));
const identity = optional(object<ProcessIdentity>({ pid: int64, startTime: int64 }));
const status: Decoder<StoredStatus> = (value, path) =>
  oneOf(["created", "running", "restarting", "exited", "dead"])(value, path) ?? "created";

const state = object<StoredState>({
  status,
  isPaused: boolean,
  exitCode: int64,
  error: string,
  isOutOfMemory: boolean,
  startedAt: string,
  finishedAt: string,
  isStopped: boolean,
  conmon: identity,
  program: identity,
});

const decode = object<ContainerRecord>({
  id: string,
  name: string,
  created: string,
  imageId: digest,
  config: containerConfig,
  hostConfig,
  endpoints: record(endpointSettings),
  hasLeftNetworks: optional(boolean),
  volumes: record(string),
  inherited: array(mount),
  mountedImages: record(digest),
  runtime: string,
  restartCount: int64,
  state,
});

/** Reads a record back. @throws EngineError for what is none */
export function decodeContainerRecord(value: unknown): ContainerRecord {
  return decode(parseJson(JSON.stringify(value)), "");
}
