export { authConfig } from "./auth.ts";
export { containerConfig } from "./container-config.ts";
export { containerCreateBody, endpointSettings } from "./container-create.ts";
export { execCreateBody, execStartBody } from "./exec.ts";
export { containerUpdateBody, hostConfig } from "./host-config.ts";
export { mount } from "./mount.ts";
export { networkConnectBody, networkCreateBody, networkDisconnectBody } from "./network.ts";
export { volumeCloneBody, volumeCreateBody } from "./volume.ts";
