import { bytes, decodeAttributes, encodeAttributes, nested, text, u32, u8 } from "./attribute.ts";
import type { Attribute } from "./attribute.ts";
import { requestFlags, zeroTerminated } from "./message.ts";
import type { NetlinkMessage, NetlinkRequest } from "./message.ts";

/** linux/rtnetlink.h and linux/if_link.h. */
const types = { newLink: 16, deleteLink: 17, getLink: 18 };
const attribute = { address: 1, name: 3, mtu: 4, parent: 5, master: 10, linkInfo: 18, addressFamilies: 26, group: 27, netnsDescriptor: 28 };
const infoAttribute = { kind: 1, data: 2, slaveKind: 4, slaveData: 5 };
const vethPeer = 1;
const macvlanMode = 1;
const bridgeAttribute = { stpState: 5, multicastSnooping: 23 };
const bridgePortAttribute = { state: 1, hairpin: 4, flush: 24, isolated: 33 };
const portStateDisabled = 0;
const inet6 = { family: 10, addressGeneration: 8, addressGenerationNone: 1 };
const flagUp = 1;
const headerSize = 16;

export interface Link {
  readonly index: number;
  readonly name: string;
  readonly isUp: boolean;
  readonly mtu: number;
  /** "bridge", "veth", …; empty for hardware. */
  readonly kind: string;
  /** Index of the bridge it is a port of. */
  readonly master?: number;
  readonly macAddress?: string;
}

export interface NewLink {
  readonly name: string;
  readonly macAddress?: string;
  readonly mtu?: number;
}

export function createBridge({ name, macAddress, mtu }: NewLink): NetlinkRequest {
  return newLink(`create the bridge ${name}`, [
    ...linkAttributes({ name, ...(macAddress === undefined ? {} : { macAddress }), ...(mtu === undefined ? {} : { mtu }) }),
    nested(attribute.linkInfo, [
      text(infoAttribute.kind, "bridge"),
      nested(infoAttribute.data, [u32(bridgeAttribute.stpState, 0), u8(bridgeAttribute.multicastSnooping, 0)]),
    ]),
  ]);
}

export interface NewVethPair extends NewLink {
  /** Index of the bridge that this end becomes a port of. */
  readonly master?: number;
  /** The other end, in the namespace that the descriptor is of. */
  readonly peer: NewLink & { readonly netnsDescriptor: number };
}

/** Both ends in one message, down: the kernel can take neither up before they know each other. */
export function createVethPair({ master, peer, ...link }: NewVethPair): NetlinkRequest {
  return newLink(`create the veth pair ${link.name}`, [
    ...linkAttributes(link),
    ...(master === undefined ? [] : [u32(attribute.master, master)]),
    nested(attribute.linkInfo, [
      text(infoAttribute.kind, "veth"),
      nested(infoAttribute.data, [
        withHeader(vethPeer, linkHeader(0, 0), [...linkAttributes(peer), u32(attribute.netnsDescriptor, peer.netnsDescriptor)]),
      ]),
    ]),
  ]);
}

/** linux/if_link.h, MACVLAN_MODE_*. */
export const macvlanModes = { private: 1, vepa: 2, bridge: 4, passthru: 8 } as const;

export type MacvlanMode = keyof typeof macvlanModes;

export interface NewMacvlan extends NewLink {
  /** Index of the link whose wire it shares. */
  readonly parent: number;
  readonly mode: MacvlanMode;
  /** Of the namespace that it is made in. */
  readonly netnsDescriptor: number;
}

export function createMacvlan({ parent, mode, netnsDescriptor, ...link }: NewMacvlan): NetlinkRequest {
  return newLink(`create the macvlan link ${link.name}`, [
    ...linkAttributes(link),
    u32(attribute.parent, parent),
    u32(attribute.netnsDescriptor, netnsDescriptor),
    nested(attribute.linkInfo, [text(infoAttribute.kind, "macvlan"), nested(infoAttribute.data, [u32(macvlanMode, macvlanModes[mode])])]),
  ]);
}

export interface LinkChange {
  readonly isUp?: boolean;
  readonly rename?: string;
  readonly macAddress?: string;
  readonly mtu?: number;
  /** 0 takes it off its bridge. */
  readonly master?: number;
  /** False: the kernel gives it no link-local address. */
  readonly hasLinkLocal?: boolean;
  /** For a port of a bridge: frames may leave where they came in. */
  readonly hairpin?: boolean;
  /** For a port of a bridge: it exchanges no frames with other isolated ports. */
  readonly isolated?: boolean;
  /** For a port of a bridge: it passes no frame any more, and the bridge forgets who was behind it. */
  readonly cutOff?: true;
  /** See {@link deleteLinkGroup}. */
  readonly group?: number;
}

/** Changes a link found by its index or, for 0, by its name. */
export function changeLink(link: { index: number; name?: string }, change: LinkChange): NetlinkRequest {
  const name = link.name ?? `number ${link.index}`;
  const port = [
    ...(change.hairpin === undefined ? [] : [u8(bridgePortAttribute.hairpin, Number(change.hairpin))]),
    ...(change.isolated === undefined ? [] : [u8(bridgePortAttribute.isolated, Number(change.isolated))]),
    ...(change.cutOff === undefined ? [] : [u8(bridgePortAttribute.state, portStateDisabled), bytes(bridgePortAttribute.flush, Buffer.alloc(0))]),
  ];
  return {
    purpose: `change the link ${name}`,
    type: types.newLink,
    header: linkHeader(link.index, change.isUp === true ? flagUp : 0, change.isUp === undefined ? 0 : flagUp),
    attributes: [
      ...(change.rename !== undefined ? [text(attribute.name, change.rename)] : nameAttribute(link)),
      ...(change.macAddress === undefined ? [] : [bytes(attribute.address, macBytes(change.macAddress))]),
      ...(change.mtu === undefined ? [] : [u32(attribute.mtu, change.mtu)]),
      ...(change.master === undefined ? [] : [u32(attribute.master, change.master)]),
      ...(change.group === undefined ? [] : [u32(attribute.group, change.group)]),
      ...(port.length === 0 ? [] : [portInfo(port)]),
      ...(change.hasLinkLocal === false ? [noLinkLocal()] : []),
    ],
  };
}

export function deleteLink(name: string): NetlinkRequest {
  return { purpose: `delete the link ${name}`, type: types.deleteLink, header: linkHeader(0, 0), attributes: [text(attribute.name, name)] };
}

/** Deletes every link of a group at once, in about the time that one takes. */
export function deleteLinkGroup(group: number): NetlinkRequest {
  return { purpose: "delete links", type: types.deleteLink, header: linkHeader(0, 0), attributes: [u32(attribute.group, group)] };
}

export function getLink(name: string): NetlinkRequest {
  return { purpose: `look up the link ${name}`, type: types.getLink, header: linkHeader(0, 0), attributes: [text(attribute.name, name)] };
}

export function listLinks(): NetlinkRequest {
  return { purpose: "list the links", type: types.getLink, flags: requestFlags.dump, header: linkHeader(0, 0), attributes: [] };
}

export function decodeLink({ payload }: NetlinkMessage): Link {
  const attributes = decodeAttributes(payload.subarray(headerSize));
  const info = decodeAttributes(attributes.get(attribute.linkInfo) ?? Buffer.alloc(0));
  const master = attributes.get(attribute.master)?.readUInt32LE();
  const mac = attributes.get(attribute.address);
  return {
    index: payload.readInt32LE(4),
    name: zeroTerminated(attributes.get(attribute.name) ?? Buffer.alloc(0)),
    isUp: (payload.readUInt32LE(8) & flagUp) !== 0,
    mtu: attributes.get(attribute.mtu)?.readUInt32LE() ?? 0,
    kind: zeroTerminated(info.get(infoAttribute.kind) ?? Buffer.alloc(0)),
    ...(master === undefined ? {} : { master }),
    ...(mac === undefined ? {} : { macAddress: formatMac(mac) }),
  };
}

/** struct ifinfomsg. */
function linkHeader(index: number, flags: number, changed = flags): Buffer {
  const header = Buffer.alloc(headerSize);
  header.writeInt32LE(index, 4);
  header.writeUInt32LE(flags, 8);
  header.writeUInt32LE(changed, 12);
  return header;
}

function newLink(purpose: string, attributes: readonly Attribute[]): NetlinkRequest {
  return { purpose, type: types.newLink, flags: requestFlags.create | requestFlags.exclusive, header: linkHeader(0, 0), attributes };
}

function linkAttributes({ name, macAddress, mtu }: NewLink): Attribute[] {
  return [
    text(attribute.name, name),
    ...(macAddress === undefined ? [] : [bytes(attribute.address, macBytes(macAddress))]),
    ...(mtu === undefined ? [] : [u32(attribute.mtu, mtu)]),
  ];
}

/** A nested attribute that begins with a plain header, as the peer of a veth pair does. */
function withHeader(type: number, header: Buffer, attributes: readonly Attribute[]): Attribute {
  return { type, value: Buffer.concat([header, encodeAttributes(attributes)]) };
}

function nameAttribute({ index, name }: { index: number; name?: string }): Attribute[] {
  return index === 0 && name !== undefined ? [text(attribute.name, name)] : [];
}

function portInfo(settings: readonly Attribute[]): Attribute {
  return nested(attribute.linkInfo, [text(infoAttribute.slaveKind, "bridge"), nested(infoAttribute.slaveData, settings)]);
}

function noLinkLocal(): Attribute {
  return nested(attribute.addressFamilies, [
    nested(inet6.family, [u8(inet6.addressGeneration, inet6.addressGenerationNone)]),
  ]);
}

function macBytes(mac: string): Uint8Array {
  return Buffer.from(mac.replaceAll(":", ""), "hex");
}

function formatMac(data: Buffer): string {
  return Array.from(data, (byte) => byte.toString(16).padStart(2, "0")).join(":");
}
