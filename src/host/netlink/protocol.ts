/** linux/netlink.h, NETLINK_*. */
export const netlinkProtocols = { route: 0, diagnostics: 4, netfilter: 12 } as const;

export type NetlinkProtocol = keyof typeof netlinkProtocols;
