export { addElements, deleteElements, encodeFields } from "./element.ts";
export type { ElementChange, ElementField, MapElement } from "./element.ts";
