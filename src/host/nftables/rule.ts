import { ipAddressBytes } from "../../base/index.ts";
import type { IpAddress } from "../../base/index.ts";
import { be16, be32, bytes, nested, netfilterRequest, requestFlags, text } from "../netlink/index.ts";
import type { Attribute, NetlinkRequest } from "../netlink/index.ts";

/** linux/netfilter/nf_tables.h. */
const messages = { newTable: 0, deleteTable: 2, newChain: 3, deleteChain: 5, newRule: 6 };
const tableName = 1;
const chainAttribute = { table: 1, name: 3, hook: 4, policy: 5, type: 7 };
const hookAttribute = { number: 1, priority: 2, device: 3 };
const ruleAttribute = { table: 1, chain: 2, expressions: 4 };
const listItem = 1;
const expressionAttribute = { name: 1, data: 2 };
const dataAttribute = { value: 1, verdict: 2 };
const verdictCode = 1;
const verdictDrop = 0;
const policyAccept = 1;
const hooks = { ingress: 0, prerouting: 0, output: 3, postrouting: 4 } as const;
const registers = { verdict: 0, first: 1, second: 2 } as const;
const payloadBases = { link: 0, network: 1, transport: 2 } as const;
const metaKeys = { protocol: 1, mark: 3, incomingLink: 4, linkType: 8, transport: 16 } as const;
const comparisons = { is: 0, isNot: 1 } as const;
const natDestination = 1;
const familyIpv4 = 2;

export type RuleFamily = "ipv4" | "netdev";

export interface TableName {
  readonly family: RuleFamily;
  readonly table: string;
}

export interface ChainName extends TableName {
  readonly chain: string;
}

export interface HookedChain extends ChainName {
  readonly type: "filter" | "nat";
  readonly hook: keyof typeof hooks;
  readonly priority: number;
  /** Whose packets it sees, in a netdev table. */
  readonly device?: string;
}

/** One step of a rule; a comparison that fails ends it. */
export type Expression =
  | { readonly kind: "meta"; readonly key: keyof typeof metaKeys; readonly comparison: keyof typeof comparisons; readonly value: Uint8Array }
  | { readonly kind: "payload"; readonly place: PayloadPlace; readonly value: Uint8Array }
  | { readonly kind: "set payload"; readonly place: PayloadPlace; readonly value: Uint8Array }
  /** Sends the packet out of a link, as it is. */
  | { readonly kind: "forward to"; readonly linkIndex: number }
  /** Turns a flow to another address and port. */
  | { readonly kind: "destination"; readonly address: IpAddress; readonly port: number }
  /** Gives a flow the address of the link that it leaves by. */
  | { readonly kind: "masquerade" }
  | { readonly kind: "drop" };

export interface PayloadPlace {
  readonly base: keyof typeof payloadBases;
  readonly offset: number;
}

/** A table that is there already is no error. */
export function addTable({ family, table }: TableName): NetlinkRequest {
  return netfilterRequest({
    purpose: `add the firewall table ${table}`, subsystem: "nftables", message: messages.newTable, family,
    flags: requestFlags.create, attributes: [text(tableName, table)],
  });
}

/** With all that is in it. */
export function deleteTable({ family, table }: TableName): NetlinkRequest {
  return netfilterRequest({
    purpose: `delete the firewall table ${table}`, subsystem: "nftables", message: messages.deleteTable, family,
    attributes: [text(tableName, table)],
  });
}

export function addChain({ family, table, chain, type, hook, priority, device }: HookedChain): NetlinkRequest {
  return netfilterRequest({
    purpose: `add the chain ${chain} to the firewall table ${table}`, subsystem: "nftables", message: messages.newChain, family,
    flags: requestFlags.create,
    attributes: [
      text(chainAttribute.table, table),
      text(chainAttribute.name, chain),
      nested(chainAttribute.hook, [
        be32(hookAttribute.number, hooks[hook]),
        be32(hookAttribute.priority, priority >>> 0),
        ...(device === undefined ? [] : [text(hookAttribute.device, device)]),
      ]),
      be32(chainAttribute.policy, policyAccept),
      text(chainAttribute.type, type),
    ],
  });
}

/** With the rules in it. */
export function deleteChain({ family, table, chain }: ChainName): NetlinkRequest {
  return netfilterRequest({
    purpose: `delete the chain ${chain} of the firewall table ${table}`, subsystem: "nftables", message: messages.deleteChain, family,
    attributes: [text(chainAttribute.table, table), text(chainAttribute.name, chain)],
  });
}

/** Adds a rule to the end of a chain. */
export function addRule({ family, table, chain }: ChainName, expressions: readonly Expression[]): NetlinkRequest {
  return netfilterRequest({
    purpose: `add a rule to the chain ${chain} of the firewall table ${table}`, subsystem: "nftables", message: messages.newRule, family,
    flags: requestFlags.create | requestFlags.append,
    attributes: [
      text(ruleAttribute.table, table),
      text(ruleAttribute.chain, chain),
      nested(ruleAttribute.expressions, expressions.flatMap(encodeExpression).map((expression) => nested(listItem, expression))),
    ],
  });
}

type Instruction = readonly Attribute[];

/** What the kernel computes with: load into a register, compare, write back. */
function encodeExpression(expression: Expression): Instruction[] {
  switch (expression.kind) {
    case "meta":
      return [instruction("meta", [be32(1, registers.first), be32(2, metaKeys[expression.key])]), compare(expression.value, expression.comparison)];
    case "payload":
      return [instruction("payload", [be32(1, registers.first), ...placeAttributes(expression)]), compare(expression.value, "is")];
    case "set payload":
      // Of the link's header, so there is no checksum to be put right.
      return [load(registers.first, expression.value), instruction("payload", [...placeAttributes(expression), be32(5, registers.first), be32(6, 0), be32(7, 0)])];
    case "forward to":
      return [load(registers.first, hostOrder(expression.linkIndex)), instruction("fwd", [be32(1, registers.first)])];
    case "destination":
      return [
        load(registers.first, ipAddressBytes(expression.address)),
        instruction("immediate", [be32(1, registers.second), nested(2, [be16(dataAttribute.value, expression.port)])]),
        instruction("nat", [be32(1, natDestination), be32(2, familyIpv4), be32(3, registers.first), be32(5, registers.second)]),
      ];
    case "masquerade":
      return [instruction("masq", [])];
    case "drop":
      return [instruction("immediate", [
        be32(1, registers.verdict), nested(2, [nested(dataAttribute.verdict, [be32(verdictCode, verdictDrop)])]),
      ])];
  }
}

/** A number as the machine itself writes it. */
export function hostOrder(value: number): Uint8Array {
  const number = Buffer.alloc(4);
  number.writeUInt32LE(value);
  return number;
}

function placeAttributes({ place, value }: { place: PayloadPlace; value: Uint8Array }): Attribute[] {
  return [be32(2, payloadBases[place.base]), be32(3, place.offset), be32(4, value.length)];
}

function compare(value: Uint8Array, comparison: keyof typeof comparisons): Instruction {
  return instruction("cmp", [be32(1, registers.first), be32(2, comparisons[comparison]), nested(3, [bytes(dataAttribute.value, value)])]);
}

function load(register: number, value: Uint8Array): Instruction {
  return instruction("immediate", [be32(1, register), nested(2, [bytes(dataAttribute.value, value)])]);
}

function instruction(name: string, data: readonly Attribute[]): Instruction {
  return [text(expressionAttribute.name, name), nested(expressionAttribute.data, data)];
}
