import type { CheckFinding, CheckReport } from "../../api/types/index.ts";
import type { Checked, Finding } from "./contract.ts";

/**
 * Compares records, disk and kernel. What every part finds twice in a row is reported: what one look saw in the middle of
 * being made or removed is not there, or has an owner, at the next. Repairs go on after one that failed.
 */
export async function runCheck(parts: readonly Checked[], { repair }: { readonly repair: boolean }): Promise<CheckReport> {
  const seen = new Set((await findAll(parts)).map(keyOf));
  const found = seen.size === 0 ? [] : (await findAll(parts)).filter((finding) => seen.has(keyOf(finding)));
  const Findings: CheckFinding[] = [];
  for (const finding of found) Findings.push({ ...describe(finding), ...(repair ? await outcomeOf(finding) : { State: "found" }) });
  return { Findings };
}

async function findAll(parts: readonly Checked[]): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  for (const part of parts) findings.push(...await part.findings());
  return findings;
}

function keyOf({ subject, name, reason }: Finding): string {
  return JSON.stringify([subject, name, reason]);
}

function describe({ subject, name, size, reason }: Finding): Pick<CheckFinding, "Subject" | "Name" | "Size" | "Reason"> {
  return { Subject: subject, Name: name, Size: size ?? 0, Reason: reason };
}

type Outcome = Pick<CheckFinding, "State"> & Partial<Pick<CheckFinding, "Error">>;

async function outcomeOf({ repair }: Finding): Promise<Outcome> {
  if (repair === undefined) return { State: "found" };
  try {
    await repair();
    return { State: "repaired" };
  } catch (error) {
    return { State: "failed", Error: error instanceof Error ? error.message : String(error) };
  }
}
