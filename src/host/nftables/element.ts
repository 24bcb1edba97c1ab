import { addressBits, ipAddressBytes, networkSize } from "../../base/index.ts";
import type { IpAddress, IpNetwork } from "../../base/index.ts";
import { be32, bytes, netfilterRequest, nested, requestFlags, text } from "../netlink/index.ts";
import type { NetlinkRequest } from "../netlink/index.ts";

/** linux/netfilter/nf_tables.h. */
const messages = { newElement: 12, getElement: 13, deleteElement: 14 };
const listAttribute = { table: 1, set: 2, elements: 3 };
const elementAttribute = { item: 1, key: 1, data: 2, flags: 3 };
const flagIntervalEnd = 1;
const dataValue = 1;
const registerSize = 4;

/** One field of a key or of what a map holds for it. */
export type ElementField = { readonly protocol: number } | { readonly port: number } | { readonly address: IpAddress } | { readonly name: string } | { readonly mac: string };

export interface MapElement {
  readonly key: readonly ElementField[];
  /** Absent in a set. */
  readonly data?: readonly ElementField[];
  /** In a set of intervals: the first key that is no longer in it. */
  readonly isIntervalEnd?: true;
}

/** A network as the two elements that it is in a set of intervals. */
export function networkElements(network: IpNetwork): MapElement[] {
  const { family, value } = network.address;
  const end = value + networkSize(network);
  const isLast = end === 1n << BigInt(addressBits(family));
  return [
    { key: [{ address: network.address }] },
    ...(isLast ? [] : [{ key: [{ address: { family, value: end } }], isIntervalEnd: true as const }]),
  ];
}

export interface ElementChange {
  /** Of the table; "inet" where nothing is said. */
  readonly family?: "inet" | "bridge";
  readonly table: string;
  /** Name of the set or map. */
  readonly set: string;
  readonly elements: readonly MapElement[];
}

/** Adds elements to a set or map of a table; one that is there with other data is an error. */
export function addElements(change: ElementChange): NetlinkRequest {
  return elementRequest(change, { purpose: "add to", message: messages.newElement, flags: requestFlags.create });
}

/** Looks elements up by their keys; one that is not there is an error (ENOENT). */
export function getElements(wanted: ElementChange): NetlinkRequest {
  return elementRequest({ ...wanted, elements: wanted.elements.map(({ key }) => ({ key })) }, { purpose: "look up in", message: messages.getElement, flags: 0 });
}

/** Takes elements out; one that is not there is an error, and with it the transaction. */
export function deleteElements(change: ElementChange): NetlinkRequest {
  const keys = change.elements.map(({ key, isIntervalEnd }) => ({ key, ...(isIntervalEnd === undefined ? {} : { isIntervalEnd }) }));
  return elementRequest({ ...change, elements: keys }, { purpose: "take from", message: messages.deleteElement, flags: 0 });
}

function elementRequest(change: ElementChange, how: { purpose: string; message: number; flags: number }): NetlinkRequest {
  return netfilterRequest({
    purpose: `${how.purpose} ${change.set} of the firewall table ${change.table}`,
    subsystem: "nftables",
    message: how.message,
    family: change.family ?? "inet",
    flags: how.flags,
    attributes: [
      text(listAttribute.table, change.table),
      text(listAttribute.set, change.set),
      nested(listAttribute.elements, change.elements.map((element) => nested(elementAttribute.item, [
        nested(elementAttribute.key, [bytes(dataValue, encodeFields(element.key))]),
        ...(element.isIntervalEnd === undefined ? [] : [be32(elementAttribute.flags, flagIntervalEnd)]),
        ...(element.data === undefined ? [] : [nested(elementAttribute.data, [bytes(dataValue, encodeFields(element.data))])]),
      ]))),
    ],
  });
}

/** One field as it is; several one after the other, each filled up to whole registers of four bytes. */
export function encodeFields(fields: readonly ElementField[]): Buffer {
  const [only, ...more] = fields;
  if (only !== undefined && more.length === 0) return Buffer.from(encodeField(only));
  return Buffer.concat(fields.map((field) => {
    const raw = encodeField(field);
    const registers = Buffer.alloc(Math.ceil(raw.length / registerSize) * registerSize);
    registers.set(raw);
    return registers;
  }));
}

const interfaceNameSize = 16;

function encodeField(field: ElementField): Uint8Array {
  if ("protocol" in field) return Uint8Array.of(field.protocol);
  if ("address" in field) return ipAddressBytes(field.address);
  if ("mac" in field) return Buffer.from(field.mac.replaceAll(":", ""), "hex");
  if ("port" in field) return Uint8Array.of(field.port >> 8, field.port & 0xff);
  return Buffer.alloc(interfaceNameSize, 0).fill(field.name, 0, Buffer.byteLength(field.name));
}
