import type { EndpointSettings } from "./endpoint.ts";

/** Engine API v1.50, "Network". */
export interface Network {
  readonly Name: string;
  readonly Id: string;
  readonly Created: string;
  readonly Scope: string;
  readonly Driver: string;
  /** Since 1.48. */
  readonly EnableIPv4: boolean;
  readonly EnableIPv6: boolean;
  readonly IPAM: Ipam;
  readonly Internal: boolean;
  readonly Attachable: boolean;
  readonly Ingress: boolean;
  readonly ConfigFrom: { readonly Network: string };
  readonly ConfigOnly: boolean;
  /** By container id; empty in lists. */
  readonly Containers: Readonly<Record<string, NetworkContainer>>;
  readonly Options: Readonly<Record<string, string>> | null;
  readonly Labels: Readonly<Record<string, string>> | null;
  /** wharf's own, in what is inspected: where it meets a route or an address that the machine has got since. Absent: nowhere. */
  readonly Overlaps?: readonly string[];
}

export interface Ipam {
  readonly Driver: string;
  readonly Options: Readonly<Record<string, string>> | null;
  readonly Config: readonly IpamConfig[] | null;
}

export interface IpamConfig {
  readonly Subnet?: string;
  readonly IPRange?: string;
  readonly Gateway?: string;
  readonly AuxiliaryAddresses?: Readonly<Record<string, string>>;
}

export interface NetworkContainer {
  readonly Name: string;
  readonly EndpointID: string;
  readonly MacAddress: string;
  /** With the prefix length. */
  readonly IPv4Address: string;
  readonly IPv6Address: string;
}

/** Body of `POST /networks/create`. */
export interface NetworkCreateBody {
  readonly Name: string;
  /** Until 1.43; since then an engine always looks whether the name is taken. */
  readonly CheckDuplicate?: boolean;
  readonly Driver: string;
  readonly Scope: string;
  /** Absent: the engine's default. Since 1.48. */
  readonly EnableIPv4?: boolean;
  readonly EnableIPv6?: boolean;
  readonly Internal: boolean;
  readonly Attachable: boolean;
  readonly Ingress: boolean;
  readonly ConfigOnly: boolean;
  readonly ConfigFrom?: { readonly Network: string };
  readonly IPAM?: Ipam;
  readonly Options: Readonly<Record<string, string>> | null;
  readonly Labels: Readonly<Record<string, string>> | null;
}

export interface NetworkCreateReply {
  readonly Id: string;
  readonly Warning: string;
}

/** Body of `POST /networks/{id}/connect`. */
export interface NetworkConnectBody {
  readonly Container: string;
  readonly EndpointConfig?: EndpointSettings;
}

/** Body of `POST /networks/{id}/disconnect`. */
export interface NetworkDisconnectBody {
  readonly Container: string;
  readonly Force: boolean;
}

export interface NetworkPruneReply {
  /** Names. */
  readonly NetworksDeleted: readonly string[] | null;
}
