export { applyEdits } from "./apply-edits.ts";
export { defaultCdiFolders } from "./catalog.ts";
export { resolveDeviceRequests } from "./device-requests.ts";
export type { ContainerEdits } from "./spec-file.ts";
