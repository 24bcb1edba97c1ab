import { EngineError } from "../../base/index.ts";
import { busyboxSource } from "./busybox.ts";
import { debianSource } from "./debian.ts";

/** A root file system in the making. */
export interface BaseSource {
  /** Name for the image. */
  readonly reference: string;
  /** Instructions of a Dockerfile for its configuration. */
  readonly changes: readonly string[];
  readonly message: string;
  /** The tar archive; it fails, and does not just end, where the making fails. */
  archive(): AsyncIterable<Uint8Array>;
}

export interface BootstrapOptions {
  /** Where Debian's packages come from; absent: mmdebstrap's own choice. */
  readonly mirror?: string;
  /** More packages to install. */
  readonly include: readonly string[];
  /** Takes what is being done, a line each. */
  readonly progress: (line: string) => Promise<void>;
}

/**
 * What makes a base image from Debian's signed packages: "debian:SUITE" or "busybox".
 * @throws EngineError `invalid-argument`; `unavailable` where a program is missing that it is made with
 */
export function bootstrapSource(what: string, options: BootstrapOptions): BaseSource {
  const [name, suite, ...more] = what.split(":");
  if (name === "debian" && more.length === 0) return debianSource(suite ?? "stable", options);
  if (what === "busybox" || what === "busybox:latest") {
    if (options.include.length > 0 || options.mirror !== undefined) throw new EngineError("invalid-argument", "busybox is made from this machine's own package: there is nothing to include and no mirror");
    return busyboxSource();
  }
  throw new EngineError("invalid-argument", `wharf cannot make ${JSON.stringify(what.slice(0, 100))} from packages`, {
    hint: "it makes debian:SUITE, such as debian:bookworm, and busybox; other images are loaded, imported or pulled",
  });
}
