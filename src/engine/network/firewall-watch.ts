import { netlinkGroups, type NetlinkMessage } from "../../host/netlink/index.ts";
import { changeAuthor, removedFrom } from "../../host/nftables/index.ts";
import type { Poller } from "../../host/poll/index.ts";
import type { Firewall } from "./firewall.ts";
import { KernelWatch } from "./kernel-watch.ts";

export interface FirewallWatchParts {
  readonly poller: Poller;
  readonly firewall: Firewall;
  /** Told after the tables were put back. */
  readonly onRepaired: () => void;
  /** Told when they cannot be; the watch goes on. */
  readonly onFailure: (error: unknown) => void;
}

/**
 * Notices when somebody takes the engine's firewall away (`nft flush ruleset`, a firewall that is loaded anew), and puts
 * it back: without it containers of one network reach those of another, and published ports lead nowhere.
 */
export function watchFirewall({ poller, firewall, onRepaired, onFailure }: FirewallWatchParts): KernelWatch {
  return new KernelWatch({
    poller, protocol: "netfilter", groups: [netlinkGroups.nftables],
    onNews: (heard) => {
      if (!concerns(firewall.table, heard)) return;
      try {
        if (firewall.isWhole()) return;
        // In one go, since a container that starts meanwhile would be missing.
        firewall.restore();
        onRepaired();
      } catch (error) {
        onFailure(error);
      }
    },
  });
}

/** Whether somebody else took something from the engine's tables; in doubt it may have been the engine itself. */
function concerns(table: string, heard: NetlinkMessage[] | "overrun"): boolean {
  if (heard === "overrun") return true;
  let isTouched = false;
  for (const message of heard) {
    isTouched = isTouched || removedFrom(message) === table;
    const author = changeAuthor(message);
    if (author === undefined) continue;
    if (isTouched && author !== process.pid) return true;
    isTouched = false;
  }
  return isTouched;
}
