export { applyChanges } from "./changes/index.ts";
export { decompress } from "./compression.ts";
export { canonicalName } from "./contract.ts";
export type { Image, Images, ImageSurroundings, ImageUser } from "./contract.ts";
export { ImageService, openImageService } from "./image-service.ts";
export type { ImageServiceParts } from "./image-service.ts";
