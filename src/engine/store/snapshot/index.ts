export type { LayerInfo, LayerSource, Snapshotter } from "./contract.ts";
export type { LayerChange } from "./layer-changes.ts";
export { openOverlaySnapshotter } from "./overlay-snapshotter.ts";
