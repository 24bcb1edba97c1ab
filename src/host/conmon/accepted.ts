import { fstatSync } from "node:fs";
import { isSystemError, type Descriptor } from "../libc/index.ts";
import { decodeUnixPeer, getUnixPeer, NetlinkSocket } from "../netlink/index.ts";

/**
 * Whether the listener has taken a connected unix socket.
 * @returns true also where the kernel cannot tell: it has no socket diagnostics, or the socket has no other end any more
 */
export function isAccepted(connected: Descriptor): boolean {
  try {
    using diagnostics = new NetlinkSocket("diagnostics");
    const [answer] = diagnostics.request(getUnixPeer(fstatSync(connected.number).ino));
    return answer === undefined || decodeUnixPeer(answer) !== 0;
  } catch (error) {
    if (isSystemError(error, "EPROTONOSUPPORT", "ENOENT")) return true;
    throw error;
  }
}
