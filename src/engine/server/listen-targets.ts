import { isIP } from "node:net";
import { EngineError } from "../../base/index.ts";
import type { ListenTarget, TlsIdentity } from "./http/index.ts";
import { selectSockets, socketFamily, type ActivatedSocket, type ListenAddress } from "./socket/index.ts";

/** Who may be listened to, and how. */
export interface ListenPolicy {
  /** Mutual TLS for every TCP address; its `clientAuthority` has to be there. */
  readonly tls?: TlsIdentity;
  /** Plain TCP is allowed on loopback addresses. Whoever reaches it is root on this machine. */
  readonly allowsPlainTcp?: boolean;
  /** What systemd handed over, for fd:// addresses. */
  readonly activated?: readonly ActivatedSocket[];
}

/**
 * What an address stands for. Nothing is opened here, so that an engine whose addresses are refused has made nothing yet.
 * @throws EngineError `forbidden` for TCP that anybody could use, `invalid-argument` for what cannot be served
 */
export function listenTargets(address: ListenAddress, policy: ListenPolicy): ListenTarget[] {
  switch (address.kind) {
    case "unix":
      return [address];
    case "tcp": {
      const tls = tcpIdentity(policy, isLoopback(address.hostname), `tcp://${address.hostname}:${address.port}`);
      return [{ ...address, ...(tls === undefined ? {} : { tls }) }];
    }
    case "activated":
      return selectSockets(policy.activated ?? [], address.socket).map(({ descriptor }) => activatedTarget(descriptor, policy));
  }
}

function activatedTarget(descriptor: number, policy: ListenPolicy): ListenTarget {
  const family = socketFamily(descriptor);
  if (family === "unix") return { kind: "descriptor", descriptor, isUnix: true };
  const tls = tcpIdentity(policy, family === "loopback", `the socket that systemd handed over as ${descriptor}`);
  return { kind: "descriptor", descriptor, isUnix: false, ...(tls === undefined ? {} : { tls }) };
}

function tcpIdentity({ tls, allowsPlainTcp }: ListenPolicy, isLocal: boolean, where: string): TlsIdentity | undefined {
  if (tls !== undefined) {
    if (tls.clientAuthority === undefined) throw new EngineError("invalid-argument", "TLS needs an authority that clients' certificates are checked against", { hint: "give --tlscacert" });
    return tls;
  }
  if (isLocal && allowsPlainTcp === true) return undefined;
  throw new EngineError("forbidden", `refusing to listen on ${where} without TLS: whoever reaches it is root on this machine`, {
    hint: isLocal ? "use --tlsverify with certificates, or --allow-plain-tcp on a machine of your own" : "use --tlsverify with certificates",
  });
}

function isLoopback(hostname: string): boolean {
  if (isIP(hostname) === 4) return hostname.startsWith("127.");
  return hostname === "localhost" || hostname === "::1";
}
