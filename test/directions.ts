import { join } from "node:path";
import { findWrongImports } from "./direction-rules.ts";

const wrong = findWrongImports(join(import.meta.dir, "..", "src"));
for (const line of wrong) console.error(`${line} (docs/architecture.md, "Rooms")`);
process.exit(wrong.length === 0 ? 0 : 1);
