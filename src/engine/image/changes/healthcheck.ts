import type { HealthConfig } from "../../../api/types/index.ts";
import { EngineError, parseDuration } from "../../../base/index.ts";
import { parseCommand } from "./command.ts";

const durations: Readonly<Record<string, "Interval" | "Timeout" | "StartPeriod" | "StartInterval">> = {
  interval: "Interval", timeout: "Timeout", "start-period": "StartPeriod", "start-interval": "StartInterval",
};

/** `NONE`, or `[--interval=… …] CMD command`. */
export function parseHealthcheck(rest: string): HealthConfig {
  if (/^none$/i.test(rest)) return { Test: ["NONE"] };
  const [, flags = "", type = "", command = ""] = /^((?:--\S+\s+)*)(\S+)\s*([^]*)$/.exec(rest) ?? [];
  if (type.toLowerCase() !== "cmd" || command === "") {
    throw new EngineError("invalid-argument", `unknown type ${JSON.stringify(type.slice(0, 40))} in HEALTHCHECK (try CMD)`);
  }
  const words = parseCommand(command);
  const isShell = words[0] === "/bin/sh" && words[1] === "-c" && !command.startsWith("[");
  const test = isShell ? ["CMD-SHELL", command] : ["CMD", ...words];
  return { Test: test, ...Object.fromEntries(flags.trim().split(/\s+/).filter((flag) => flag !== "").map(parseFlag)) };
}

function parseFlag(flag: string): readonly [string, number] {
  const [, name = "", value = ""] = /^--([a-z-]+)=(.*)$/.exec(flag) ?? [];
  if (name === "retries") {
    if (!/^\d{1,9}$/.test(value)) throw new EngineError("invalid-argument", `HEALTHCHECK: invalid number of retries ${JSON.stringify(value)}`);
    return ["Retries", Number(value)];
  }
  const field = Object.hasOwn(durations, name) ? durations[name] : undefined;
  if (field === undefined) throw new EngineError("invalid-argument", `HEALTHCHECK: unknown flag ${flag.slice(0, 40)}`);
  return [field, Number(parseDuration(value))];
}
