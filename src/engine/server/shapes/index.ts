export { containerCreateRequest } from "./container-create.ts";
export { containerInspectReply } from "./container-inspect.ts";
export { containerListReply } from "./container-list.ts";
export { dataUsageReply } from "./data-usage.ts";
export { imageInspectReply } from "./image-inspect.ts";
export { imageListReply } from "./image-list.ts";
export { networkInspectReply, networkListReply } from "./network.ts";
export { OlderShape } from "./older-shape.ts";
