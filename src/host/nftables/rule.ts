import { be32, bytes, nested, netfilterRequest, requestFlags, text } from "../netlink/index.ts";
import type { Attribute, NetlinkRequest } from "../netlink/index.ts";

/** linux/netfilter/nf_tables.h. */
const messages = { newChain: 3, deleteChain: 5, newRule: 6 };
const chainAttribute = { table: 1, name: 3, hook: 4, policy: 5, type: 7 };
const hookAttribute = { number: 1, priority: 2, device: 3 };
const ruleAttribute = { table: 1, chain: 2, expressions: 4 };
const listItem = 1;
const expressionAttribute = { name: 1, data: 2 };
const dataValue = 1;
const policyAccept = 1;
const hookIngress = 0;
const registerOne = 1;
const payloadBases = { link: 0, network: 1 } as const;
const metaKeys = { protocol: 1, mark: 3, linkType: 8 } as const;
const equal = 0;

/** One step of a rule; a comparison that fails ends it. */
export type Expression =
  | { readonly kind: "meta is"; readonly key: keyof typeof metaKeys; readonly value: Uint8Array }
  | { readonly kind: "payload is"; readonly place: PayloadPlace; readonly value: Uint8Array }
  | { readonly kind: "set payload"; readonly place: PayloadPlace; readonly value: Uint8Array }
  /** Sends the packet out of a link, as it is. */
  | { readonly kind: "forward to"; readonly linkIndex: number };

export interface PayloadPlace {
  readonly base: keyof typeof payloadBases;
  readonly offset: number;
}

export interface DeviceChain {
  readonly table: string;
  readonly chain: string;
  readonly device: string;
}

/** A chain for what arrives at a link, before the machine's own stack sees it, in a netdev table. */
export function addDeviceChain({ table, chain, device }: DeviceChain): NetlinkRequest {
  return netfilterRequest({
    purpose: `add the chain ${chain} to the firewall table ${table}`, subsystem: "nftables", message: messages.newChain, family: "netdev",
    flags: requestFlags.create,
    attributes: [
      text(chainAttribute.table, table),
      text(chainAttribute.name, chain),
      nested(chainAttribute.hook, [
        be32(hookAttribute.number, hookIngress), be32(hookAttribute.priority, 0), text(hookAttribute.device, device),
      ]),
      be32(chainAttribute.policy, policyAccept),
      text(chainAttribute.type, "filter"),
    ],
  });
}

/** With the rules in it. */
export function deleteDeviceChain({ table, chain }: Omit<DeviceChain, "device">): NetlinkRequest {
  return netfilterRequest({
    purpose: `delete the chain ${chain} of the firewall table ${table}`, subsystem: "nftables", message: messages.deleteChain, family: "netdev",
    attributes: [text(chainAttribute.table, table), text(chainAttribute.name, chain)],
  });
}

/** Adds a rule to the end of a chain of a netdev table. */
export function addDeviceRule({ table, chain }: Omit<DeviceChain, "device">, expressions: readonly Expression[]): NetlinkRequest {
  return netfilterRequest({
    purpose: `add a rule to the chain ${chain} of the firewall table ${table}`, subsystem: "nftables", message: messages.newRule, family: "netdev",
    flags: requestFlags.create | requestFlags.append,
    attributes: [
      text(ruleAttribute.table, table),
      text(ruleAttribute.chain, chain),
      nested(ruleAttribute.expressions, expressions.flatMap(encodeExpression).map((expression) => nested(listItem, expression))),
    ],
  });
}

/** What the kernel computes with: load into a register, compare, write back. */
function encodeExpression(expression: Expression): (readonly Attribute[])[] {
  switch (expression.kind) {
    case "meta is":
      return [instruction("meta", [be32(1, registerOne), be32(2, metaKeys[expression.key])]), compare(expression.value)];
    case "payload is":
      return [instruction("payload", [be32(1, registerOne), ...placeAttributes(expression)]), compare(expression.value)];
    case "set payload":
      // Of the link's header, so there is no checksum to be put right.
      return [load(expression.value), instruction("payload", [...placeAttributes(expression), be32(5, registerOne), be32(6, 0), be32(7, 0)])];
    case "forward to": {
      const index = Buffer.alloc(4);
      index.writeUInt32LE(expression.linkIndex);
      return [load(index), instruction("fwd", [be32(1, registerOne)])];
    }
  }
}

function placeAttributes({ place, value }: { place: PayloadPlace; value: Uint8Array }): Attribute[] {
  return [be32(2, payloadBases[place.base]), be32(3, place.offset), be32(4, value.length)];
}

function compare(value: Uint8Array): readonly Attribute[] {
  return instruction("cmp", [be32(1, registerOne), be32(2, equal), nested(3, [bytes(dataValue, value)])]);
}

function load(value: Uint8Array): readonly Attribute[] {
  return instruction("immediate", [be32(1, registerOne), nested(2, [bytes(dataValue, value)])]);
}

function instruction(name: string, data: readonly Attribute[]): readonly Attribute[] {
  return [text(expressionAttribute.name, name), nested(expressionAttribute.data, data)];
}
