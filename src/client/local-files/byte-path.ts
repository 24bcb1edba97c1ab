import { resolve } from "node:path";

/** A path as bytes, one character for each byte (latin1): names on Linux need not be UTF-8. */
export type BytePath = string & { readonly brand: "BytePath" };

export function bytePath(text: string): BytePath {
  return Buffer.from(text, "utf8").toString("latin1") as BytePath;
}

/** As the system takes it. */
export function rawPath(path: string): Buffer {
  return Buffer.from(path, "latin1");
}

/** For people. */
export function shownPath(path: string): string {
  return Buffer.from(path, "latin1").toString("utf8");
}

/** Whether a path says that it is a folder: by a slash or a dot at its end, or by nothing at all. */
export function saysFolder(path: string): boolean {
  return path === "" || path.endsWith("/") || saysItself(path);
}

/** Whether a folder itself is meant and not its name: "." or "…/.". */
export function saysItself(path: string): boolean {
  return path === "" || /(^|\/)\.$/.test(path);
}

/** An absolute path without detours, which still says what the written one said of being a folder. */
export function absolutePath(written: string): string {
  const clean = resolve(written);
  if (saysItself(written)) return clean === "/" ? "/." : `${clean}/.`;
  return written.endsWith("/") && clean !== "/" ? `${clean}/` : clean;
}

/** The folder that a path's last name is in, and that name: "." where the folder itself is meant. */
export function splitPath(path: string): { readonly folder: string; readonly name: string } {
  const clean = resolve("/", path);
  if (saysItself(path)) return { folder: clean, name: "." };
  const slash = clean.lastIndexOf("/");
  return { folder: clean.slice(0, slash) || "/", name: clean.slice(slash + 1) || "/" };
}
