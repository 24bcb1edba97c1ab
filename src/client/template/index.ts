export { compileTemplate } from "./template.ts";
export type { Template } from "./template.ts";
export { templateData } from "./data.ts";
export { goJson } from "./go-json.ts";
export { goQuote, newRow, typeName } from "./value.ts";
export type { Row, Value } from "./value.ts";
