import { expect, test } from "bun:test";
import { runCheck, type Finding } from "./index.ts";

const blob: Finding = { subject: "blob", name: "b", size: 7, reason: "no image needs it" };

function looks(...answers: readonly (readonly Finding[])[]): { findings: () => Promise<readonly Finding[]> } {
  let count = 0;
  return { findings: () => Promise.resolve(answers[Math.min(count++, answers.length - 1)] ?? []) };
}

test("runCheck: what only one look saw was just being made or removed", async () => {
  expect(await runCheck([looks([blob], [])], { repair: false })).toEqual({ Findings: [] });
  expect(await runCheck([looks([]), looks([blob])], { repair: false })).toEqual({ Findings: [{ Subject: "blob", Name: "b", Size: 7, Reason: blob.reason, State: "found" }] });
});

test("runCheck: repairs go on after one that fails, and what cannot be repaired is found still", async () => {
  const repaired: string[] = [];
  const part = looks([
    { ...blob, repair: () => Promise.reject(new Error("the disk is broken")) },
    { ...blob, name: "c", repair: () => { repaired.push("c"); } },
    { subject: "image", name: "i", reason: "it cannot be read" },
  ]);
  expect((await runCheck([part], { repair: false })).Findings.map(({ State }) => State)).toEqual(["found", "found", "found"]);
  expect(repaired).toEqual([]);
  const { Findings } = await runCheck([part], { repair: true });
  expect(Findings.map(({ Name, Size, State, Error }) => [Name, Size, State, Error])).toEqual([["b", 7, "failed", "the disk is broken"], ["c", 7, "repaired", undefined], ["i", 0, "found", undefined]]);
  expect(repaired).toEqual(["c"]);
});
