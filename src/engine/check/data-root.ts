import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { byteNameOf, openFolder, openTree, treeSize } from "../../host/files/index.ts";
import type { Checked, Finding } from "./contract.ts";

/** What the engine has in its data root; a part that adds something adds its name here. */
const known: ReadonlySet<string> = new Set([
  "blobs", "containers", "empty", "engine-id", "events", "index.json", "layers", "lock", "mount-points", "oci-layout", "rw", "state.db", "state.db-shm",
  "state.db-wal", "state.db.reserve", "tmp", "volumes",
]);

/** Whether the data root holds something that no part of the engine has put there. */
export function checkDataRoot(dataRoot: string): Checked {
  return {
    findings: async () => {
      const findings: Finding[] = [];
      for (const name of readdirSync(dataRoot)) {
        if (known.has(name)) continue;
        findings.push({ subject: "file", name: join(dataRoot, name), size: await sizeOf(dataRoot, name), reason: "no part of the engine has put it into the data root" });
      }
      return findings;
    },
  };
}

async function sizeOf(folder: string, name: string): Promise<number> {
  const status = statSync(join(folder, name), { throwIfNoEntry: false });
  if (status?.isDirectory() !== true) return status?.size ?? 0;
  using tree = openTree(folder);
  using inner = openFolder(tree, byteNameOf(name));
  return await treeSize(inner);
}
