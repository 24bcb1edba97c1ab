import { decodeAttributes } from "./attribute.ts";
import type { NetlinkMessage, NetlinkRequest } from "./message.ts";

/** linux/sock_diag.h and linux/unix_diag.h. */
const byFamily = 20;
const unixFamily = 1;
const allStates = 0xffffffff;
const anyCookie = 0xffffffff;
const showPeer = 4;
const peerAttribute = 2;
const answerHeaderSize = 16;

/** Asks for the other end of a unix socket (sock_diag(7), "UNIX sockets"). */
export function getUnixPeer(inode: number): NetlinkRequest {
  const header = Buffer.alloc(24);
  header.writeUInt8(unixFamily, 0);
  header.writeUInt32LE(allStates, 4);
  header.writeUInt32LE(inode, 8);
  header.writeUInt32LE(showPeer, 12);
  header.writeUInt32LE(anyCookie, 16);
  header.writeUInt32LE(anyCookie, 20);
  return { purpose: "ask for a socket's other end", type: byFamily, header, attributes: [] };
}

/**
 * The inode of the other end: 0 while it belongs to no file, since the listener has not taken it yet.
 * @returns undefined where there is no other end any more
 */
export function decodeUnixPeer({ payload }: NetlinkMessage): number | undefined {
  return decodeAttributes(payload.subarray(answerHeaderSize)).get(peerAttribute)?.readUInt32LE(0);
}
