export { decodeChain, listChains } from "./chain.ts";
export type { FirewallChain } from "./chain.ts";
export { addElements, deleteElements, encodeFields } from "./element.ts";
export type { ElementChange, ElementField, MapElement } from "./element.ts";
export { runNft } from "./run.ts";
