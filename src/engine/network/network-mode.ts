import { EngineError } from "../../base/index.ts";
import type { NetworkMode } from "./contract.ts";

/**
 * Parses HostConfig.NetworkMode. Empty and "default" mean the default bridge.
 * @throws EngineError `invalid-argument`.
 */
export function parseNetworkMode(text: string): NetworkMode {
  if (text === "host") return { kind: "host" };
  if (text === "none") return { kind: "none" };
  if (text === "" || text === "default" || text === "bridge") return { kind: "network", name: "bridge" };
  if (text === "container" || text === "container:") {
    throw new EngineError("invalid-argument", "invalid container format container:<name|id>");
  }
  if (text.startsWith("container:")) return { kind: "container", container: text.slice("container:".length) };
  return { kind: "network", name: text };
}
