import { createHash } from "node:crypto";
import { parseDigest, type Digest } from "../../base/index.ts";

/** The chain id of each layer, bottom up (OCI image-spec, config.md, "Layer ChainID"). */
export function chainIds(diffIds: readonly Digest[]): readonly Digest[] {
  const chains: Digest[] = [];
  for (const diffId of diffIds) {
    const parent = chains.at(-1);
    chains.push(parent === undefined ? diffId : sha256Of(`${parent} ${diffId}`));
  }
  return chains;
}

export function sha256Of(content: string | Uint8Array): Digest {
  return parseDigest(`sha256:${createHash("sha256").update(content).digest("hex")}`);
}
