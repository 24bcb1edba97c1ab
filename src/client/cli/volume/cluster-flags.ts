import type { ClusterVolumeSpec, TopologySegments } from "../../../api/types/index.ts";
import { EngineError } from "../../../base/index.ts";
import { bytesFlag, CommandFailure, listFlag, textFlag, type Flag, type FlagValues } from "../command/index.ts";

const needs = { api: 42 } as const;

/** The flags of `volume create` that describe a volume of a swarm's cluster; any of them asks for one. */
export const clusterFlags: readonly Flag[] = [
  textFlag("availability", 'Cluster Volume availability ("active", "pause", "drain")', { absent: "active", needs }),
  textFlag("group", "Cluster Volume group (cluster volumes)", { needs }),
  bytesFlag("limit-bytes", "Maximum size of the Cluster Volume in bytes", { needs }),
  bytesFlag("required-bytes", "Minimum size of the Cluster Volume in bytes", { needs }),
  textFlag("scope", 'Cluster Volume access scope ("single", "multi")', { absent: "single", needs }),
  listFlag("secret", "Cluster Volume secrets", { type: "map", needs, check: checkPair }),
  textFlag("sharing", 'Cluster Volume access sharing ("none", "readonly", "onewriter", "all")', { absent: "none", needs }),
  listFlag("topology-preferred", "A topology that the Cluster Volume would be preferred in", { needs }),
  listFlag("topology-required", "A topology that the Cluster Volume must be accessible from", { needs }),
  textFlag("type", 'Cluster Volume access type ("mount", "block")', { absent: "block", needs }),
];

/** What the cluster flags ask for; undefined where none was given. */
export function clusterSpecOf(flags: FlagValues): ClusterVolumeSpec | undefined {
  if (!clusterFlags.some(({ name }) => flags.isGiven(name))) return undefined;
  const type = flags.text("type");
  if (type !== "mount" && type !== "block") throw new CommandFailure(1, `--type must be one of "mount" or "block", not ${JSON.stringify(type)}`);
  return {
    Group: flags.text("group"),
    AccessMode: { Scope: flags.text("scope"), Sharing: flags.text("sharing"), ...(type === "mount" ? { MountVolume: {} } : { BlockVolume: {} }) },
    Secrets: flags.list("secret").map((pair) => {
      const [Key, Secret] = split(pair);
      return { Key, Secret };
    }).sort((a, b) => (a.Key < b.Key ? -1 : 1)),
    AccessibilityRequirements: {
      Requisite: flags.list("topology-required").map(segmentsOf),
      Preferred: flags.list("topology-preferred").map(segmentsOf),
    },
    CapacityRange: { RequiredBytes: flags.number("required-bytes"), LimitBytes: flags.number("limit-bytes") },
    Availability: flags.text("availability"),
  };
}

/** "region=R1,zone=Z2". */
function segmentsOf(text: string): TopologySegments {
  return { Segments: Object.fromEntries(text.split(",").map(split)) };
}

function split(pair: string): readonly [string, string] {
  const equals = pair.indexOf("=");
  return equals < 0 ? [pair, ""] : [pair.slice(0, equals), pair.slice(equals + 1)];
}

function checkPair(text: string): string {
  if (!text.includes("=")) throw new EngineError("invalid-argument", `${text} must be formatted as key=value`);
  return text;
}
