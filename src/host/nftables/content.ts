import { decodeAttributes, listAttributes, netfilterRequest, requestFlags, text } from "../netlink/index.ts";
import type { NetlinkMessage, NetlinkSocket } from "../netlink/index.ts";

/** linux/netfilter/nf_tables.h and linux/netfilter/nfnetlink.h. */
const subsystem = 10;
const messages = { deleteTable: 2, deleteChain: 5, getRule: 7, deleteRule: 8, deleteSet: 11, getElement: 13, deleteElement: 14, newGeneration: 15 } as const;
const removals: ReadonlySet<number> = new Set([messages.deleteTable, messages.deleteChain, messages.deleteRule, messages.deleteSet, messages.deleteElement]);
const tableAttribute = 1;
const setAttribute = 2;
const elementsAttribute = 3;
const elementFlags = 3;
const generationAuthor = 2;
const flagIntervalEnd = 1;
const headerSize = 4;

export interface TablePlace {
  readonly family: "inet" | "netdev" | "bridge";
  readonly table: string;
}

/** The table that something was taken from, for a message that tells of that; undefined for all others. */
export function removedFrom({ type, payload }: NetlinkMessage): string | undefined {
  if (type >> 8 !== subsystem || !removals.has(type & 0xff)) return undefined;
  return decodeAttributes(payload.subarray(headerSize)).get(tableAttribute)?.toString("utf8").replace(/\0.*$/s, "");
}

/** Process id, as the kernel's own namespace counts, of whoever made the changes that were told before this message; undefined for any other message. */
export function changeAuthor({ type, payload }: NetlinkMessage): number | undefined {
  if (type !== ((subsystem << 8) | messages.newGeneration)) return undefined;
  return decodeAttributes(payload.subarray(headerSize)).get(generationAuthor)?.readUInt32BE();
}

/** How many rules a table has in all its chains; none where there is no such table. */
export function countRules(socket: NetlinkSocket, { family, table }: TablePlace): number {
  const request = netfilterRequest({
    purpose: `list the rules of the firewall table ${table}`, subsystem: "nftables", message: messages.getRule, family,
    flags: requestFlags.dump, attributes: [text(tableAttribute, table)],
  });
  return socket.list(request).length;
}

/** How many elements a set or a map has; a network in a set of intervals is one. @throws NetlinkError ENOENT without such a set */
export function countElements(socket: NetlinkSocket, { family, table, set }: TablePlace & { readonly set: string }): number {
  const request = netfilterRequest({
    purpose: `list ${set} of the firewall table ${table}`, subsystem: "nftables", message: messages.getElement, family,
    flags: requestFlags.dump, attributes: [text(tableAttribute, table), text(setAttribute, set)],
  });
  return socket.list(request).flatMap(({ payload }) => elementsOf(payload)).length;
}

function elementsOf(payload: Buffer): Buffer[] {
  const list = decodeAttributes(payload.subarray(headerSize)).get(elementsAttribute);
  return list === undefined ? [] : listAttributes(list).map(({ value }) => value).filter((element) => !isIntervalEnd(element));
}

function isIntervalEnd(element: Buffer): boolean {
  return ((decodeAttributes(element).get(elementFlags)?.readUInt32BE() ?? 0) & flagIntervalEnd) !== 0;
}
