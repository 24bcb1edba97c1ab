export { frame, multiplexedStreamType, outputSink, rawStreamType } from "./frame.ts";
export { hijack } from "./hijack.ts";
export { jsonLine, replyWithProgress, startJsonLines } from "./json-lines.ts";
export { replyWithBytes } from "./bytes.ts";
export { commonHeaders } from "./reply-headers.ts";
export { errorReply } from "./status.ts";
export { noSwarm } from "./no-swarm.ts";
