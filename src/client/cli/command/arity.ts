import type { Arity } from "./command.ts";

/** What is wrong with the number of arguments, in docker's words; undefined if nothing is. */
export function arityProblem(path: string, arity: Arity, count: number): { readonly message: string; readonly pointer: "See" | "Run" } | undefined {
  const { least, most } = arity;
  if (count >= least && (most === undefined || count <= most)) return undefined;
  const plural = (n: number): string => `${n} argument${n === 1 ? "" : "s"}`;
  if (most === 0) return { message: `'${path}' accepts no arguments`, pointer: "Run" };
  if (most === least) return { message: `'${path}' requires ${plural(least)}`, pointer: "Run" };
  if (most === undefined) return { message: `'${path}' requires at least ${plural(least)}`, pointer: "See" };
  if (least === 0) return { message: `'${path}' requires at most ${plural(most)}`, pointer: "Run" };
  return { message: `'${path}' requires at least ${least} and at most ${plural(most)}`, pointer: "Run" };
}
