import { expect, test } from "bun:test";
import { containerConfig, hostConfig } from "../../api/bodies/index.ts";
import { parseJson } from "../../api/decode/index.ts";
import { parseDigest } from "../../base/index.ts";
import { freshState, type ContainerRecord, type StoredState } from "./record.ts";
import { describeStep, planRecovery, type Observation } from "./recovery-plan.ts";

function record(id: string, state: Partial<StoredState>, policy = "no", autoRemove = false): ContainerRecord {
  const host = hostConfig(parseJson(JSON.stringify({ RestartPolicy: { Name: policy }, AutoRemove: autoRemove })), "");
  return {
    id, name: id, created: "2024-01-02T03:04:05Z", imageId: parseDigest(`sha256:${"1".repeat(64)}`), config: containerConfig(parseJson("{}"), ""), hostConfig: host,
    endpoints: {}, volumes: {}, inherited: [], mountedImages: {}, runtime: "crun", restartCount: 0, state: { ...freshState, ...state },
  };
}

const nothing: Observation = {
  watched: new Set(), layers: new Set(), folders: new Set(), bundles: new Set(), runtimeStates: new Set(), monitors: new Map(),
};

function plan(records: readonly ContainerRecord[], found: Partial<Observation>): string[] {
  return planRecovery(records, { ...nothing, ...found }).map(describeStep);
}

test("planRecovery: what runs is adopted and everything of it stays", () => {
  const found = { watched: new Set(["a"]), layers: new Set(["a"]), folders: new Set(["a"]), bundles: new Set(["a"]), runtimeStates: new Set(["a"]), monitors: new Map([["a", [7]]]) };
  expect(plan([record("a", { status: "running" })], found)).toEqual(["adopt a"]);
});

test("planRecovery: what ended meanwhile is noted, after what is left of its run is gone", () => {
  const found = { layers: new Set(["a"]), bundles: new Set(["a"]), runtimeStates: new Set(["a"]) };
  expect(plan([record("a", { status: "running" })], found)).toEqual(["discard-state a", "discard-bundle a", "note-exit a"]);
});

test("planRecovery: a start that was not finished is taken back", () => {
  const found = { layers: new Set(["a"]), bundles: new Set(["a"]), watched: new Set<string>(), monitors: new Map([["a", [7]]]), runtimeStates: new Set(["a"]) };
  expect(plan([record("a", {})], found)).toEqual(["kill-monitor 7 of a", "discard-state a", "discard-bundle a"]);
});

test("planRecovery: what belongs to no record is removed", () => {
  const found = { layers: new Set(["x"]), folders: new Set(["x"]), bundles: new Set(["x"]), monitors: new Map([["x", [1, 2]]]) };
  expect(plan([], found)).toEqual(["kill-monitor 1 of x", "kill-monitor 2 of x", "discard-bundle x", "discard-layer x", "discard-folder x"]);
});

test("planRecovery: removals that had begun are finished, those of --rm as well", () => {
  expect(plan([record("a", { status: "exited" })], {})).toEqual(["finish-removal a"]);
  expect(plan([record("a", { status: "exited" }, "no", true)], { layers: new Set(["a"]) })).toEqual(["finish-removal a"]);
});

test("planRecovery: restart policies", () => {
  const layers = new Set(["a"]);
  const steps = (state: Partial<StoredState>, policy: string) => plan([record("a", state, policy)], { layers });
  expect(steps({ status: "exited" }, "always")).toEqual(["restart a"]);
  expect(steps({ status: "exited", isStopped: true }, "always")).toEqual(["restart a"]);
  expect(steps({ status: "exited", isStopped: true }, "unless-stopped")).toEqual([]);
  expect(steps({ status: "exited", exitCode: 0 }, "on-failure")).toEqual([]);
  expect(steps({ status: "restarting", exitCode: 1 }, "on-failure")).toEqual(["restart a"]);
  expect(steps({ status: "created" }, "always")).toEqual([]);
});
