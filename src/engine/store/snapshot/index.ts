export type { LayerInfo, LayerSource, Snapshotter } from "./contract.ts";
export { openOverlaySnapshotter } from "./overlay-snapshotter.ts";
