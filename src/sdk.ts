/*
 * What `import { connect } from "wharf"` gives: a typed client for any engine that speaks docker's API. See docs/sdk.md.
 */
export { connect, execute, isEngineAnswer, splitFrames } from "./client/sdk/index.ts";
export type {
  CallOptions, Connection, ConnectOptions, EngineClient, EngineTraits, ExecuteOptions, Execution, HijackedStream, OutputName, OutputPart, TlsSettings,
} from "./client/sdk/index.ts";
export { EngineError, isEngineError } from "./base/index.ts";
export type { ErrorKind } from "./base/index.ts";
export type { OperationName } from "./api/operations/index.ts";
export type {
  ContainerCreateBody, ContainerInspect, ContainerStats, ContainerSummary, EventMessage, HostConfig, ImageInspect, ImageSummary, Network, ProgressMessage,
  SystemInfo, SystemVersion, Volume,
} from "./api/types/index.ts";
