import { EngineError } from "../../../base/index.ts";
import type { ClientSettings } from "./command.ts";
import type { FlagValues } from "./flag-values.ts";
import { listFlag, textFlag, type Flag } from "./flag.ts";

/** `--format` of lists. */
export const listFormatFlag: Flag = textFlag(
  "format",
  "Format of the output: 'table' (the default), 'table TEMPLATE', 'json', or a Go TEMPLATE",
);

/** `--format` of what is shown as one document. */
export const documentFormatFlag: Flag = textFlag("format", "Format of the output: 'json', or a Go TEMPLATE", { short: "f" });

/** @param api minor number of the version that brought it to the command */
export function platformFlag(api: number): Flag {
  return textFlag("platform", 'Platform as "os[/arch[/variant]]", such as "linux/amd64"', { needs: { api } });
}

export const detachKeysFlag: Flag = textFlag("detach-keys", "Override the key sequence for detaching a container");

export const linkFlag: Flag = listFlag("link", "Add link to another container", { check: checkLink });

/** `container[:alias]`. @throws EngineError in docker's words. */
function checkLink(text: string): string {
  if (text === "") throw new EngineError("invalid-argument", "empty string specified for links");
  if (text.split(":").length > 2) throw new EngineError("invalid-argument", `bad format for links: ${text}`);
  return text;
}

export function filterFlag(short?: string): Flag {
  return listFlag("filter", "Filter output based on conditions provided", {
    type: "filter", ...(short === undefined ? {} : { short }), check: checkFilter,
  });
}

function checkFilter(text: string): string {
  const equals = text.indexOf("=");
  if (text !== "" && equals < 0) throw new EngineError("invalid-argument", "bad format of filter (expected name=value)");
  return text === "" ? "" : `${text.slice(0, equals).trim().toLowerCase()}=${text.slice(equals + 1).trim()}`;
}

/**
 * Filters as the operations take them. The names are those that the user wrote: the engine knows which there are, and
 * refuses others in its own words.
 */
export function filtersOf<Name extends string>(written: readonly string[]): ReadonlyMap<Name, readonly string[]> {
  const filters = new Map<Name, readonly string[]>();
  for (const filter of written) {
    if (filter === "") continue;
    const equals = filter.indexOf("=");
    const name = filter.slice(0, equals) as Name;
    filters.set(name, [...(filters.get(name) ?? []), filter.slice(equals + 1)]);
  }
  return filters;
}

/** "os[/arch[/variant]]" taken apart; the machine's architecture where none is given. */
export function platformOf(text: string): { readonly os: string; readonly architecture: string; readonly variant?: string } | undefined {
  if (text === "") return undefined;
  const [os = "", architecture, variant, ...more] = text.toLowerCase().split("/");
  if (os === "" || architecture === "" || more.length > 0) {
    throw new EngineError("invalid-argument", `error parsing specified platform: ${JSON.stringify(text)}: cannot parse platform specifier: invalid argument`);
  }
  const machine = process.arch === "x64" ? "amd64" : process.arch;
  return { os, architecture: architecture ?? machine, ...(variant === undefined || variant === "" ? {} : { variant }) };
}

/** `--platform` where an image is got or used; DOCKER_DEFAULT_PLATFORM where the line has none. */
export function wantedPlatform(flags: FlagValues, { environment }: ClientSettings): ReturnType<typeof platformOf> {
  return platformOf(flags.text("platform") || environment["DOCKER_DEFAULT_PLATFORM"] || "");
}
