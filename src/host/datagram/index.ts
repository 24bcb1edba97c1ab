export { UnixDatagram } from "./unix-datagram.ts";
