export { EngineError, isEngineError, redactSecrets } from "./engine-error.ts";
export type { EngineErrorOptions, ErrorKind } from "./engine-error.ts";
export { digestAlgorithm, digestHex, parseDigest } from "./digest.ts";
export type { Digest } from "./digest.ts";
export { formatBinarySize, formatDecimalSize, parseDecimalSize, parseMemorySize } from "./size.ts";
export { parseDuration } from "./duration.ts";
export { familiarReference, parseImageReference } from "./image-reference.ts";
export type { ImageReference } from "./image-reference.ts";
export { parseUserString } from "./user-string.ts";
export type { Principal, UserString } from "./user-string.ts";
export { parsePublishedPorts } from "./published-port.ts";
export type { PortProtocol, PublishedPort } from "./published-port.ts";
export {
  addressBits,
  addressInNetwork,
  formatIpAddress,
  formatIpNetwork,
  ipAddressBytes,
  ipAddressFromBytes,
  networkContains,
  networkOf,
  networkSize,
  networksOverlap,
  parseIpAddress,
  parseIpPrefix,
} from "./ip-address.ts";
export type { IpAddress, IpFamily, IpNetwork } from "./ip-address.ts";
export { SerialQueue } from "./serial-queue.ts";
export { parseSignal, signalName } from "./signal.ts";
export type { Signal } from "./signal.ts";
export { compareTimestamps, formatTimestamp, makeClock, millisecondsOf, never } from "./timestamp.ts";
export type { Nanoseconds } from "./timestamp.ts";
export { NameLock } from "./name-lock.ts";
