import { containerOperations } from "./containers.ts";
import { execOperations } from "./execs.ts";
import { imageOperations } from "./images.ts";
import { networkOperations } from "./networks.ts";
import { pluginOperations } from "./plugins.ts";
import { swarmOperations } from "./swarm.ts";
import { systemOperations } from "./system.ts";
import { volumeOperations } from "./volumes.ts";

/** Every operation of the Engine API, by its name: what the server routes by and the client calls by. */
export const operations = {
  ...systemOperations,
  ...containerOperations,
  ...execOperations,
  ...imageOperations,
  ...volumeOperations,
  ...networkOperations,
  ...pluginOperations,
  ...swarmOperations,
} as const;

export type OperationName = keyof typeof operations;

export type {
  BodyOf, Given, Operation, OperationStatus, Parameters, PathOf, PathValues, QueryOf, QueryValues, ReplyKind, ReplyOf, ReplyTypeOf, RequestBody,
} from "./operation.ts";
export type { Parameter } from "./parameter.ts";
export { formatApiVersion, newestApiVersion, oldestApiVersion, parseApiVersion } from "./version.ts";
export type { ApiVersion } from "./version.ts";
