import type { LogConfig } from "../../api/types/index.ts";
import type { Nanoseconds } from "../../base/index.ts";
import type { CgroupLayout, MoveQuickener } from "../../host/cgroup/index.ts";
import type { HostMounts } from "../../host/mount/index.ts";
import type { Poller } from "../../host/poll/index.ts";
import type { Runtime } from "../../host/runtime/index.ts";
import type { EventBus } from "../events/index.ts";
import type { Images } from "../image/index.ts";
import type { DeliveredLog, DeliveryPlan, KeptLog, LoggedContainer, LogPolicy, LogRequest } from "../logs/index.ts";
import type { Networks } from "../network/index.ts";
import type { LogOutput } from "../server/index.ts";
import type { HostLimits } from "../spec/index.ts";
import type { Records, Snapshotter } from "../store/index.ts";
import type { Volumes } from "../volume/index.ts";
import type { RealtimeBudget } from "./realtime.ts";
import type { Places } from "./places.ts";

/** What containers are made with. */
export interface ContainerParts {
  readonly places: Places;
  readonly records: Records;
  readonly images: Images;
  readonly snapshotter: Snapshotter;
  readonly networks: Networks;
  readonly volumes: Volumes;
  readonly logs: ContainerLogs;
  /** The runtime of containers that name none. */
  readonly defaultRuntime: string;
  readonly runtimes: ReadonlyMap<string, Runtime>;
  readonly poller: Poller;
  readonly events: EventBus;
  readonly clock: () => Nanoseconds;
  readonly host: HostFacts;
  readonly hostMounts: HostMounts;
  readonly cgroups: CgroupLayout;
  readonly quickener: MoveQuickener;
  /** cgroup below which every container has its own, such as "/wharf-wharf0". */
  readonly cgroupParent: string;
  readonly realtime: RealtimeBudget;
  /** With the host's CDI files. */
  readonly cdiFolders: readonly string[];
  readonly log: ContainerLog;
}

export interface ContainerLogs {
  /** @throws EngineError for a driver or an option that there is not */
  policy(config: LogConfig, container: LoggedContainer): LogPolicy;
  /** What a container's wish comes to with the daemon's defaults. */
  complete(config: LogConfig): LogConfig;
  open(request: LogRequest): LogOutput;
  /** Keeps a log at its size for as long as conmon writes it. */
  keep(log: KeptLog): void;
  /** Asks before a start whether anybody takes what is logged. @throws EngineError docker's text where nobody does */
  probe(plan: DeliveryPlan): Promise<void>;
  /** Sends a log elsewhere, until conmon has ended and all of it is sent. */
  deliver(log: DeliveredLog): void;
}

/** What the engine found out about its machine when it started. */
export interface HostFacts {
  readonly limits: HostLimits;
  readonly capabilities: ReadonlySet<string>;
  /** Go's name for it: amd64, arm64. */
  readonly architecture: string;
  /** Bytes. */
  readonly memory: number;
  /** A program that reaps, for `--init`. */
  readonly initPath?: string;
}

/** For the operator: what happened behind the API. */
export interface ContainerLog {
  debug(message: string): void;
  info(message: string): void;
  warn(message: string): void;
  error(message: string, cause: unknown): void;
}
