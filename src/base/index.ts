export { EngineError, isEngineError, redactSecrets } from "./engine-error.ts";
export type { EngineErrorOptions, ErrorKind } from "./engine-error.ts";
export { digestAlgorithm, digestHex, parseDigest } from "./digest.ts";
export type { Digest } from "./digest.ts";
export { formatBinarySize, formatDecimalSize, parseMemorySize } from "./size.ts";
export { parseDuration } from "./duration.ts";
