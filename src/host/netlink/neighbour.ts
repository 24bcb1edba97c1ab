import { bytes } from "./attribute.ts";
import { requestFlags } from "./message.ts";
import type { NetlinkRequest } from "./message.ts";

/** linux/neighbour.h. */
const newNeighbour = 28;
const familyBridge = 7;
const stateStatic = 0x40;
const flags = { master: 0x04, sticky: 0x40 };
const linkLayerAddress = 2;
const headerSize = 12;

/** A bridge sends frames for the MAC to this port of it from now on, whoever else claims to have it. */
export function pinMacToPort({ linkIndex, macAddress }: { readonly linkIndex: number; readonly macAddress: string }): NetlinkRequest {
  const header = Buffer.alloc(headerSize);
  header[0] = familyBridge;
  header.writeInt32LE(linkIndex, 4);
  header.writeUInt16LE(stateStatic, 8);
  header[10] = flags.master | flags.sticky;
  return {
    purpose: `keep ${macAddress} to link number ${linkIndex}`,
    type: newNeighbour,
    flags: requestFlags.create | requestFlags.replace,
    header,
    attributes: [bytes(linkLayerAddress, Buffer.from(macAddress.replaceAll(":", ""), "hex"))],
  };
}
