import { fstatSync } from "node:fs";
import { Descriptor, errnoOf, succeed, systemCall } from "../libc/index.ts";

const socket = systemCall<[number, number, number]>("socket", "iii");
const send = systemCall<[number, Uint8Array, number, number, null, number]>("sendto", "ipiipi");
const receive = systemCall<[number, Uint8Array, number, number, null, null]>("recvfrom", "ipiipp");

const netlinkFamily = 16;
const rawMessages = 3;
const closeOnExec = 0o2000000;
const socketDiagnostics = 4;
const byFamily = 20;
const isRequest = 1;
const errorMessage = 2;
const unixFamily = 1;
const allStates = 0xffffffff;
const anyCookie = 0xffffffff;
const showPeer = 4;
const peerAttribute = 2;
const headerSize = 16;
const requestSize = 40;
const messageSize = 16;

/**
 * Whether the listener has taken a connected unix socket: until then its other end belongs to no file and has inode 0
 * (sock_diag(7), "UNIX sockets").
 * @returns true also where the kernel has no socket diagnostics, and cannot tell
 */
export function isAccepted(connected: Descriptor): boolean {
  const result = socket(netlinkFamily, rawMessages | closeOnExec, socketDiagnostics);
  if (result === -errnoOf("EPROTONOSUPPORT")) return true;
  using netlink = new Descriptor(succeed(result, () => "open socket diagnostics"));
  const request = requestFor(fstatSync(connected.number).ino);
  succeed(send(netlink.number, request, request.length, 0, null, 0), () => "ask for a socket's other end");
  const reply = Buffer.alloc(4096);
  const length = succeed(receive(netlink.number, reply, reply.length, 0, null, null), () => "read a socket's other end");
  return peerInode(reply.subarray(0, length)) !== 0;
}

function requestFor(inode: number): Buffer {
  const request = Buffer.alloc(requestSize);
  request.writeUInt32LE(requestSize, 0);
  request.writeUInt16LE(byFamily, 4);
  request.writeUInt16LE(isRequest, 6);
  request.writeUInt8(unixFamily, headerSize);
  request.writeUInt32LE(allStates, headerSize + 4);
  request.writeUInt32LE(inode, headerSize + 8);
  request.writeUInt32LE(showPeer, headerSize + 12);
  request.writeUInt32LE(anyCookie, headerSize + 16);
  request.writeUInt32LE(anyCookie, headerSize + 20);
  return request;
}

/** @returns undefined where the answer does not say: an error, or a socket that has no other end any more */
function peerInode(reply: Buffer): number | undefined {
  if (reply.readUInt16LE(4) === errorMessage) return undefined;
  for (let at = headerSize + messageSize; at + 8 <= reply.length; ) {
    const length = reply.readUInt16LE(at);
    if (reply.readUInt16LE(at + 2) === peerAttribute) return reply.readUInt32LE(at + 4);
    if (length < 4) return undefined;
    at += Math.ceil(length / 4) * 4;
  }
  return undefined;
}
