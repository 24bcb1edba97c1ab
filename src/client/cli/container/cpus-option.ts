import { EngineError } from "../../../base/index.ts";
import { textFlag, type Flag } from "../command/index.ts";

/** `--cpus`, checked when it is read. */
export const cpusFlag: Flag = {
  ...textFlag("cpus", "Number of CPUs", { type: "decimal" }),
  read: (text) => {
    nanoCpus(text);
    return text;
  },
};

/** A decimal number of processors in billionths. */
export function nanoCpus(text: string): number {
  if (text === "") return 0;
  const match = /^(\d+)?(?:\.(\d*))?$/.exec(text);
  if (match === null || text === ".") throw new EngineError("invalid-argument", `failed to parse ${text} as a rational number`);
  const [, whole = "0", fraction = ""] = match;
  if (fraction.replace(/0+$/, "").length > 9) throw new EngineError("invalid-argument", "value is too precise");
  return Number(whole) * 1e9 + Number(fraction.slice(0, 9).padEnd(9, "0"));
}
