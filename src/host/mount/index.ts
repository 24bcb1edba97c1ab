export { mount, setPropagation, unmount, unmountLater } from "./mount.ts";
export type { MountFlag, MountRequest, Propagation } from "./mount.ts";
export { attachMount, cloneMount } from "./detached-mount.ts";
export { insideMountNamespace } from "./foreign-namespace.ts";
export { mountOf, parseMountInfo, readMounts } from "./mount-info.ts";
export type { MountInfo } from "./mount-info.ts";
export { enterOwnMountNamespace } from "./mount-namespace.ts";
export { mountByHandles, mountOverlay } from "./overlay.ts";
export type { OverlayRequest } from "./overlay.ts";
