export { decodeChain, listChains } from "./chain.ts";
export type { FirewallChain } from "./chain.ts";
export { changeAuthor, countElements, countRules, removedFrom } from "./content.ts";
export type { TablePlace } from "./content.ts";
export { addElements, deleteElements, encodeFields, getElements, networkElements } from "./element.ts";
export type { ElementChange, ElementField, MapElement } from "./element.ts";
export { addChain, addRule, addTable, deleteChain, deleteTable, hostOrder } from "./rule.ts";
export type { ChainName, Expression, HookedChain, PayloadPlace, RuleFamily, TableName } from "./rule.ts";
export { runNft, runNftNow } from "./run.ts";
