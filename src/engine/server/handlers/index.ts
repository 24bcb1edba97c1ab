import type { OperationName } from "../../../api/operations/index.ts";
import type { AnyCall, Handlers, ImplementedName } from "./call.ts";
import { containerFileHandlers } from "./container-files.ts";
import { containerHandlers } from "./containers.ts";
import { execHandlers } from "./execs.ts";
import { imageHandlers } from "./images.ts";
import { networkHandlers } from "./networks.ts";
import { systemHandlers } from "./system.ts";
import { volumeHandlers } from "./volumes.ts";

/** One for each operation that the contract calls implemented: the compiler misses those that are not there. */
const handlers: Handlers<ImplementedName> = {
  ...systemHandlers, ...containerHandlers, ...containerFileHandlers, ...execHandlers, ...imageHandlers, ...volumeHandlers, ...networkHandlers,
};

export { replied } from "./call.ts";
export type { AnyCall } from "./call.ts";

export type AnyHandler = (call: AnyCall) => Promise<unknown>;

export function handlerOf(name: OperationName): AnyHandler | undefined {
  const table: Readonly<Partial<Record<OperationName, unknown>>> = handlers;
  // The router has found the handler's own operation, by whose data the call was decoded.
  return table[name] as AnyHandler | undefined;
}
