export { connect } from "./client.ts";
export type { CallOptions, ConnectOptions, EngineClient, EngineTraits, HijackedStream } from "./client.ts";
export type { Connection, TlsSettings } from "./connection.ts";
export { answeredError, EngineAnswer, isEngineAnswer } from "./engine-answer.ts";
export { parseHostAddress } from "./host-address.ts";
export type { HostAddress } from "./host-address.ts";
export { parseReply } from "./json-reply.ts";
export { splitFrames } from "./output-frames.ts";
export type { OutputName, OutputPart } from "./output-frames.ts";
