import type { EngineTraits } from "../../sdk/index.ts";
import type { Command } from "./command.ts";
import type { FlagValues } from "./flag-values.ts";
import type { Flag, FlagNeeds } from "./flag.ts";

/** Whether the command line depends on what the engine is, so that it has to be asked. */
export function dependsOnEngine({ needs, flags }: Command, values: FlagValues): boolean {
  return needs !== undefined || flags.some((flag) => flag.needs !== undefined && values.isGiven(flag.name));
}

/** What of the command line this engine has nothing for, one sentence each in docker's words. */
export function unsupported(command: { readonly name: string } & Pick<Command, "needs" | "flags">, values: FlagValues, engine: EngineTraits): readonly string[] {
  const whole = command.needs === undefined ? undefined : lack(command.name, command.needs, engine);
  if (whole !== undefined) return [whole];
  return command.flags.flatMap(({ name, needs }) => (needs === undefined || !values.isGiven(name) ? [] : lack(`"--${name}"`, needs, engine) ?? []));
}

function lack(what: string, { api, os, isExperimental }: FlagNeeds, engine: EngineTraits): string | undefined {
  if (api !== undefined && engine.version < api) return `${what} requires API version 1.${api}, but the Docker daemon API version is 1.${engine.version}`;
  if (os !== undefined && os !== engine.os) return `${what} is only supported on a Docker daemon running on ${os}, but the Docker daemon is running on ${engine.os}`;
  if (isExperimental === true && !engine.isExperimental) return `${what} is only supported on a Docker daemon with experimental features enabled`;
  return undefined;
}

/** What is said of flags whose place others took. */
export function replacedFlags(flags: readonly Flag[], values: FlagValues): readonly string[] {
  return flags.flatMap(({ name, replacedBy }) =>
    (replacedBy === undefined || !values.isGiven(name) ? [] : [`Flag --${name} has been deprecated, use --${replacedBy} instead`]));
}
