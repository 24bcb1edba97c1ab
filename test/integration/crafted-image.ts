import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { TestEngine } from "../engine-harness.ts";

/** Makes an image whose root is busybox's after a script ran in it, as an attacker might prepare it; the script is run in that folder. */
export async function importCrafted(engine: TestEngine, name: string, script: string): Promise<void> {
  const folder = mkdtempSync(join(engine.root, "crafted-"));
  const base = "mkdir -p bin etc tmp; cp /bin/busybox bin/busybox; for a in sh cat ls readlink sleep stat echo; do ln -s busybox bin/$a; done";
  const made = spawnSync("sh", ["-ec", `cd ${folder}; ${base}; ${script}`], { encoding: "utf8" });
  if (made.status !== 0) throw new Error(made.stderr);
  const { stdout } = spawnSync("tar", ["-C", folder, "--numeric-owner", "-c", "."], { maxBuffer: 64 * 1024 * 1024 });
  rmSync(folder, { recursive: true });
  const response = await fetch(`http://engine/images/create?fromSrc=-&repo=${name}&tag=latest`, {
    method: "POST", unix: engine.socket, body: stdout, headers: { "Content-Type": "application/x-tar" },
  });
  const text = await response.text();
  if (response.status !== 200 || text.includes('"error"')) throw new Error(text);
}
