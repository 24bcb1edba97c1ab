import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { release, tmpdir } from "node:os";
import { join } from "node:path";
import { containerCreateBody } from "../../src/api/bodies/index.ts";
import { parseJson } from "../../src/api/decode/index.ts";
import { resolveUser, runtimeSpec, parseAvailableCapabilities, type RuntimeSpec, type SpecRequest } from "../../src/engine/spec/index.ts";
