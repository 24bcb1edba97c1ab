import { createHash } from "node:crypto";

export const predefinedNetworks = ["bridge", "host", "none"] as const;

/** The same at every start of an engine, another for every engine. @param engine what sets this engine apart. */
export function predefinedNetworkId(name: string, engine: string): string {
  return createHash("sha256").update(`network ${name} of ${engine}`).digest("hex");
}
