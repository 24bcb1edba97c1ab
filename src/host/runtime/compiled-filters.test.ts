import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CompiledFilters } from "./compiled-filters.ts";

const profile = { defaultAction: "SCMP_ACT_ERRNO", syscalls: [] };
const other = { defaultAction: "SCMP_ACT_ALLOW", syscalls: [] };
const filter = Buffer.from("\x06\0\0\0\0\0\xff\x7f", "latin1");

let root: string;
let filters: CompiledFilters;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "filters-"));
  filters = new CompiledFilters(root);
});

afterEach(() => { rmSync(root, { recursive: true }); });

function created(container: string, content?: Uint8Array): string {
  mkdirSync(join(root, container));
  if (content !== undefined) writeFileSync(join(root, container, "seccomp.bpf"), content);
  return container;
}

test("CompiledFilters: a profile has the filter that was compiled for it, no other has it", () => {
  expect(filters.annotations(profile)).toEqual({});
  filters.learn(created("a", filter), profile);
  expect(filters.annotations({ ...profile })).toEqual({ "run.oci.seccomp_bpf_data": filter.toString("base64") });
  expect(filters.annotations(other)).toEqual({});
  expect(filters.annotations(undefined)).toEqual({});
});

test("CompiledFilters: what is not a filter is not handed on", () => {
  filters.learn(created("absent"), profile);
  filters.learn(created("empty", Buffer.alloc(0)), profile);
  filters.learn(created("torn", filter.subarray(1)), profile);
  expect(filters.annotations(profile)).toEqual({});
});
