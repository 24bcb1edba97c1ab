export { archiveFiles } from "./archive-files.ts";
export { absolutePath, bytePath, saysFolder, saysItself, splitPath } from "./byte-path.ts";
export { extractFiles } from "./extract-files.ts";
export type { LocalExtraction } from "./extract-files.ts";
export { localSource, localTarget } from "./local-place.ts";
export type { LocalSource, LocalTarget } from "./local-place.ts";
