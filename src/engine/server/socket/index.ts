export { activatedSockets, selectSockets, socketFamily } from "./activation.ts";
export type { ActivatedSocket, ActivationEnvironment, SocketFamily } from "./activation.ts";
export { parseListenAddress } from "./listen-address.ts";
export type { ListenAddress } from "./listen-address.ts";
export { bindPrivately } from "./unix-socket.ts";
