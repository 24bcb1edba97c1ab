export { holdPort } from "./held-port.ts";
export type { PortAddress } from "./held-port.ts";
