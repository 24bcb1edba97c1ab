import type { NetlinkSocket } from "../../host/netlink/index.ts";
import type { Firewall } from "./firewall.ts";
import type { LinkRemover } from "./link-remover.ts";
import type { NameServers } from "./name-servers.ts";
import type { NetworkFilesMaker } from "./network-files.ts";
import type { NetworkRegistry } from "./network-registry.ts";
import type { PortLedger } from "./port-ledger.ts";
import type { SandboxRecords } from "./sandbox-record.ts";

/** What the networks of containers are made with. */
export interface SandboxParts {
  /** Of namespaces and records. */
  readonly folder: string;
  readonly socket: NetlinkSocket;
  readonly remover: LinkRemover;
  readonly firewall: Firewall;
  readonly ports: PortLedger;
  readonly records: SandboxRecords;
  readonly registry: NetworkRegistry;
  readonly files: NetworkFilesMaker;
  readonly names: NameServers;
  /** Host address of published ports that name none; absent: every address. */
  readonly publishDefault?: string;
}
