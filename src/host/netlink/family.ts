import type { IpFamily } from "../../base/index.ts";

/** sys/socket.h, AF_INET and AF_INET6. */
export function familyNumber(family: IpFamily): number {
  return family === 4 ? 2 : 10;
}

export function familyOf(number: number): IpFamily | undefined {
  if (number === 2) return 4;
  return number === 10 ? 6 : undefined;
}
