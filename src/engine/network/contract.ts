import type {
  Filters, Network, NetworkCreateBody, NetworkCreateReply, NetworkFilter, NetworkPruneFilter, NetworkPruneReply, NetworkSettings, PortReach,
} from "../../api/types/index.ts";
import type { HostsEntry } from "./hosts-file.ts";
import type { Poller } from "../../host/poll/index.ts";
import type { Records } from "../store/index.ts";
import type { PortProtocol, PublishedPort } from "../../base/index.ts";

/**
 * What the rest of the engine knows of networks.
 *
 * The life of a container's network, told by the verbs of {@link Networks}:
 *
 * 1. `recover(living)` runs once, before anything is served. Whatever bears this engine's names in the kernel and
 *    belongs to no living container is removed; firewall rules and held ports are rebuilt from what lives.
 * 2. `prepare(request)` runs at each start, before the OCI runtime: it makes the network namespace with everything in
 *    it, holds and publishes the ports, and answers with what the runtime spec, the container's files and `inspect`
 *    need. Either all of it exists afterwards or nothing.
 * 3. `release(containerId)` runs at each exit, for every reason, also after a start that failed later on. It may be called twice. When it
 *    has answered, addresses and ports can be given to others.
 *
 * A restart of a container is `release` and `prepare`. Nothing of this is kept by the caller: what outlives the engine
 * is kept below the exec root, beside the namespaces, and dies with them at a reboot.
 */
export interface Networks {
  prepare(request: SandboxRequest): Promise<Sandbox>;
  release(containerId: string): Promise<void>;
  /**
   * Resolves when the kernel has taken apart everything that was released. `release` does not wait for that, since it
   * takes the kernel some 20 ms over which nothing has to wait: what was released can already not be reached any more.
   */
  settled(): Promise<void>;
  /**
   * Puts a container that runs on one more network.
   * @param request as for `prepare`, with what is wanted of the new network in it
   * @returns the container's files as they are from now on; they have to be written in place
   */
  connect(request: SandboxRequest, network: string): Promise<NetworkFiles>;
  disconnect(containerId: string, network: string): Promise<void>;
  /**
   * Publishes more of a running container's ports, and fewer: those that are wished for from now on, all or nothing changed.
   * @throws EngineError with docker's text when a port is taken; `conflict` for a container that does not run
   */
  republish(containerId: string, wishes: readonly PublishedPort[]): Promise<Sandbox>;
  /** Who can reach each of a running container's published ports, and through which rule; read from the kernel. */
  reach(containerId: string): Promise<readonly PortReach[]>;
  /** The sandbox of a container between `prepare` and `release`. Containers that joined another's have none of their own. */
  sandbox(containerId: string): Sandbox | undefined;
  /** @param living ids of the containers whose processes survived; those with `container:` mode may be among them. */
  recover(living: readonly string[]): Promise<RecoveryReport>;
  /** What inspect shows of a container's networks, running or not. */
  settings(request: ContainerNetworks): NetworkSettings;
  list(filters: Filters<NetworkFilter>): Promise<readonly Network[]>;
  /** @throws EngineError `not-found`. */
  inspect(reference: string, options: { readonly scope?: string }): Promise<Network>;
  create(body: NetworkCreateBody): Promise<NetworkCreateReply>;
  /** @throws EngineError `forbidden` while a running container is on it. */
  remove(reference: string): Promise<void>;
  prune(filters: Filters<NetworkPruneFilter>): Promise<NetworkPruneReply>;
  /** A renamed container is found by its new name from then on. */
  rename(containerId: string, name: string): void;
  /** The engine serves: what `recover` made stays when it ends. */
  keep(): void;
  /** Leaves living containers connected; lets go of held ports and sockets. Before `keep` it takes back what `recover` made. */
  close(): Promise<void>;
}

/** The parsed form of HostConfig.NetworkMode; see {@link parseNetworkMode}. */
export type NetworkMode =
  | { readonly kind: "host" }
  | { readonly kind: "none" }
  | { readonly kind: "container"; readonly container: string }
  /** `name` is "bridge" for the default network, else the name or id of a user-defined one. */
  | { readonly kind: "network"; readonly name: string };

export interface SandboxRequest {
  /** 64 hex digits. */
  readonly containerId: string;
  /** Without the leading slash. */
  readonly containerName: string;
  readonly hostname: string;
  readonly domainname?: string;
  /** For kind `container`, `container` is the full id of a container that has a sandbox (or the host's network). */
  readonly mode: NetworkMode;
  /**
   * The networks that the container is on, by name or id, with its wishes: NetworkingConfig.EndpointsConfig and what was
   * connected later. Absent: that of its mode; empty: none.
   */
  readonly endpoints?: ReadonlyMap<string, EndpointRequest>;
  /** `-p` and, for `-P`, one entry without host ports for each exposed port. Ignored in modes host, none and container, as docker does. */
  readonly publish: readonly PublishedPort[];
  readonly dns: DnsRequest;
  /** `--add-host`, as "name:address"; the address may be `host-gateway`. */
  readonly extraHosts: readonly string[];
  /** More lines for /etc/hosts: the containers that it is linked to on the default bridge. */
  readonly linkedHosts?: readonly HostsEntry[];
}

/** A container as far as its networks are shown. */
export interface ContainerNetworks {
  readonly containerId: string;
  readonly isRunning: boolean;
  readonly mode: NetworkMode;
  readonly endpoints?: ReadonlyMap<string, EndpointRequest>;
  /** Ports that the image or the caller exposes, as "80/tcp". */
  readonly exposed: readonly string[];
}

/** What was asked for on one network. */
export interface EndpointRequest {
  readonly ipv4Address?: string;
  readonly ipv6Address?: string;
  readonly linkLocalAddresses?: readonly string[];
  readonly macAddress?: string;
  readonly aliases?: readonly string[];
  /** `--link` on this network, as "container[:alias]". */
  readonly links?: readonly string[];
  readonly driverOptions?: Readonly<Record<string, string>>;
  /** The endpoint with the highest priority has the default route. */
  readonly gatewayPriority?: number;
}

/** `--dns`, `--dns-search`, `--dns-option`; empty lists mean the host's. */
export interface DnsRequest {
  readonly servers: readonly string[];
  readonly search: readonly string[];
  readonly options: readonly string[];
}

export interface Sandbox {
  readonly containerId: string;
  /** Goes into the runtime spec as the path of the network namespace; absent: the host's own (no namespace in the spec). */
  readonly netnsPath?: string;
  /** docker's SandboxID: 64 hex digits, of this sandbox alone. */
  readonly sandboxId: string;
  /** In the order in which the interfaces were made; empty for host, none and container. */
  readonly endpoints: readonly Endpoint[];
  /** With every port resolved; one entry for each address family that a binding answers on. */
  readonly ports: readonly BoundPort[];
  /** Contents for the container's /etc/hosts and /etc/resolv.conf. Absent for a joined sandbox (bind the other container's files) and after `recover`. */
  readonly files?: NetworkFiles;
}

export interface NetworkFiles {
  readonly hosts: string;
  readonly resolvConf: string;
}

/** One interface of a container; everything that docker's EndpointSettings shows. */
export interface Endpoint {
  readonly networkId: string;
  readonly networkName: string;
  /** 64 hex digits. */
  readonly endpointId: string;
  /** Inside the container: eth0, eth1, … */
  readonly interfaceName: string;
  /** Absent: a port of a bridge. */
  readonly driver?: "macvlan";
  readonly macAddress: string;
  readonly ipv4?: EndpointAddress;
  readonly ipv6?: EndpointAddress;
  readonly request: EndpointRequest;
}

export interface EndpointAddress {
  readonly address: string;
  readonly prefixLength: number;
  /** Absent on an internal network. */
  readonly gateway?: string;
}

export interface BoundPort {
  readonly containerPort: number;
  readonly protocol: PortProtocol;
  /** As docker shows it: 0.0.0.0, ::, or the address that was asked for. */
  readonly hostAddress: string;
  /** 0 on a network that is routed, where the container's own port is reached under its own address. */
  readonly hostPort: number;
}

export interface RecoveryReport {
  /** What was left by an engine that was killed and is gone now, one line for each thing, for the log. */
  readonly removed: readonly string[];
  /** What could not be put right, for the log: a port that another program took meanwhile, a foreign firewall in the way. */
  readonly warnings: readonly string[];
}

/** What an engine's networks are made of; every name in the kernel derives from these. */
export interface NetworksOptions {
  /** Namespaces and their records live in `<execRoot>/netns`. */
  readonly execRoot: string;
  /** `--bridge`: name of the default bridge and part of the firewall table's name. */
  readonly bridge: string;
  /** `--bip`: address and prefix of the bridge, as "172.17.0.1/16". Absent: the first pool that overlaps nothing on the host. */
  readonly bridgeAddress?: string;
  /** Absent: the host's, or that of its upstream resolver where it names only a loopback address. */
  readonly resolvConfPath?: string;
  /** `--publish-default`: host address of published ports that name none. Absent: every address. */
  readonly publishDefault?: string;
  /** Where user-defined networks are kept. */
  readonly records: Records;
  /** Waits for news of the kernel; absent: what others do to the firewall is not noticed. */
  readonly poller?: Poller;
  /** Told of what was put right meanwhile, and of what could not be. */
  readonly onWarning?: (message: string) => void;
  /** Told of each container that joins or leaves a network. */
  readonly onEvent?: (event: NetworkEvent) => void;
  readonly onPrune?: () => void;
}

/** docker's events of type "network". */
export interface NetworkEvent {
  readonly action: "create" | "connect" | "disconnect" | "destroy";
  readonly networkId: string;
  readonly networkName: string;
  readonly driver: string;
  readonly containerId?: string;
}
