export { decodeChain, listChains } from "./chain.ts";
export type { FirewallChain } from "./chain.ts";
export { addElements, deleteElements, encodeFields, networkElements } from "./element.ts";
export type { ElementChange, ElementField, MapElement } from "./element.ts";
export { addDeviceChain, addDeviceRule, deleteDeviceChain } from "./rule.ts";
export type { DeviceChain, Expression, PayloadPlace } from "./rule.ts";
export { runNft } from "./run.ts";
