export { requireWebSocket } from "./accept.ts";
export { attachWebSocket } from "./attach.ts";
