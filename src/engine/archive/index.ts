export { archiveTree } from "./archive-tree.ts";
export type { TreeArchive } from "./archive-tree.ts";
export { setAttributes, writeContent } from "./entry-content.ts";
export { extractArchive } from "./extract-archive.ts";
export type { Extraction } from "./extract-archive.ts";
