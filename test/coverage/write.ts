import { join } from "node:path";
import { coverage, coveragePage } from "./table.ts";

await Bun.write(join(import.meta.dir, "../../docs/coverage.md"), coveragePage(await coverage()));
