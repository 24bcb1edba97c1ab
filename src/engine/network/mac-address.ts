import { ipAddressBytes } from "../../base/index.ts";
import type { IpAddress } from "../../base/index.ts";

/** docker's way: an address given again has the same MAC, so that neighbours need not forget. Of IPv6 the last four bytes. */
export function macAddressOf(address: IpAddress): string {
  const bytes = [0x02, 0x42, ...ipAddressBytes(address).slice(-4)];
  return bytes.map((byte) => byte.toString(16).padStart(2, "0")).join(":");
}
