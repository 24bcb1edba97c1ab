export { callInSequence } from "./call-sequence.ts";
export type { SequencedCall } from "./call-sequence.ts";
export { cString } from "./c-string.ts";
export { closeDescriptor, Descriptor } from "./descriptor.ts";
export { errnoOf, isSystemError, SystemError } from "./system-error.ts";
export type { ErrorCode } from "./system-error.ts";
export { succeed, systemCall } from "./system-call.ts";
export type { Argument, SystemCall } from "./system-call.ts";
export type { SystemCallName } from "./system-call-numbers.ts";
