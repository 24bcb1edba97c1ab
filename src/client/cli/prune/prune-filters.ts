import { filtersOf, type ClientSettings, type FlagValues } from "../command/index.ts";

/** The filters of a prune: what the user wrote, and `pruneFilters` of config.json, unless the user asks for the opposite. */
export function pruneFilters<Name extends string>({ file }: ClientSettings, flags: FlagValues): Map<Name, readonly string[]> {
  const filters = new Map<string, readonly string[]>(filtersOf(flags.list("filter")));
  const configured = file()["pruneFilters"];
  const opposites: Readonly<Record<string, string>> = { label: "label!", "label!": "label" };
  for (const written of Array.isArray(configured) ? configured : []) {
    const [, name, value] = typeof written === "string" ? /^([^=]+)=(.*)$/s.exec(written) ?? [] : [];
    if (name === undefined || value === undefined || filters.get(opposites[name] ?? "")?.includes(value) === true) continue;
    filters.set(name, [...filters.get(name) ?? [], value]);
  }
  // The engine knows which names there are, and refuses others in its own words.
  return filters as Map<Name, readonly string[]>;
}
