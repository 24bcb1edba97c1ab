import { formatIpAddress, ipAddressBytes, ipAddressFromBytes } from "../../base/index.ts";
import type { IpAddress, IpFamily } from "../../base/index.ts";
import { bytes, decodeAttributes, u32 } from "./attribute.ts";
import { familyNumber, familyOf } from "./family.ts";
import { requestFlags } from "./message.ts";
import type { NetlinkMessage, NetlinkRequest } from "./message.ts";

/** linux/rtnetlink.h and linux/if_addr.h. */
const types = { newAddress: 20, deleteAddress: 21, getAddress: 22 };
const attribute = { address: 1, local: 2, broadcast: 4, flags: 8 };
/** IFA_F_NODAD: usable at once, without asking the link whether somebody else has it. */
const flagNoDuplicateDetection = 0x02;
const headerSize = 8;

export interface LinkAddress {
  readonly linkIndex: number;
  readonly address: IpAddress;
  readonly prefixLength: number;
}

/** An IPv4 address gets the broadcast address of its prefix; an IPv6 address is usable at once. */
export function addAddress(given: LinkAddress): NetlinkRequest {
  const raw = ipAddressBytes(given.address);
  const isV4 = given.address.family === 4;
  return {
    purpose: `give the address ${formatIpAddress(given.address)}/${given.prefixLength} to link number ${given.linkIndex}`,
    type: types.newAddress,
    flags: requestFlags.create | requestFlags.exclusive,
    header: addressHeader(given),
    attributes: [
      bytes(attribute.local, raw),
      bytes(attribute.address, raw),
      ...(isV4 && given.prefixLength < 31 ? [bytes(attribute.broadcast, broadcastBytes(given))] : []),
      ...(isV4 ? [] : [u32(attribute.flags, flagNoDuplicateDetection)]),
    ],
  };
}

export function deleteAddress(given: LinkAddress): NetlinkRequest {
  return {
    purpose: `take the address ${formatIpAddress(given.address)} from link number ${given.linkIndex}`,
    type: types.deleteAddress,
    header: addressHeader(given),
    attributes: [bytes(attribute.local, ipAddressBytes(given.address))],
  };
}

/** @param family 0: both. */
export function listAddresses(family: IpFamily | 0 = 0): NetlinkRequest {
  const header = Buffer.alloc(headerSize);
  header[0] = family === 0 ? 0 : familyNumber(family);
  return { purpose: "list the addresses", type: types.getAddress, flags: requestFlags.dump, header, attributes: [] };
}

/** Undefined for addresses of other families. */
export function decodeAddress({ payload }: NetlinkMessage): LinkAddress | undefined {
  const attributes = decodeAttributes(payload.subarray(headerSize));
  const raw = attributes.get(attribute.local) ?? attributes.get(attribute.address);
  if (raw === undefined || familyOf(payload.readUInt8(0)) === undefined) return undefined;
  return { linkIndex: payload.readUInt32LE(4), address: ipAddressFromBytes(raw), prefixLength: payload.readUInt8(1) };
}

/** struct ifaddrmsg. */
function addressHeader({ linkIndex, address, prefixLength }: LinkAddress): Buffer {
  const header = Buffer.alloc(headerSize);
  header[0] = familyNumber(address.family);
  header[1] = prefixLength;
  header.writeUInt32LE(linkIndex, 4);
  return header;
}

function broadcastBytes({ address, prefixLength }: LinkAddress): Uint8Array {
  return ipAddressBytes({ family: 4, value: address.value | ((1n << BigInt(32 - prefixLength)) - 1n) });
}
