/** `--cap-add` and `--cap-drop` as docker sends them: full names in order, and what is added is not dropped. */
export function capabilitiesOf(add: readonly string[], drop: readonly string[]): { readonly CapAdd: readonly string[] | null; readonly CapDrop: readonly string[] | null } {
  const added = fullNames(add);
  const dropped = fullNames(drop).filter((name) => !added.includes(name));
  return { CapAdd: orNull(added), CapDrop: orNull(dropped) };
}

function fullNames(names: readonly string[]): string[] {
  const full = names.map((name) => name.trim().toUpperCase()).map((name) => (name === "ALL" || name.startsWith("CAP_") ? name : `CAP_${name}`));
  return full.includes("ALL") ? ["ALL"] : [...new Set(full)].sort();
}

function orNull(names: readonly string[]): readonly string[] | null {
  return names.length === 0 ? null : names;
}
