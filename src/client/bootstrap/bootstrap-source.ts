import { EngineError } from "../../base/index.ts";
import type { BaseSource, BootstrapOptions } from "./base-source.ts";
import { busyboxSource } from "./busybox.ts";
import { debianSource } from "./debian.ts";

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
