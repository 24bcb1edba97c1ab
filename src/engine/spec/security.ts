import { existsSync } from "node:fs";
import type { HostConfig } from "../../api/types/index.ts";
import { EngineError } from "../../base/index.ts";
import { parseSeccompProfile, type SeccompDocument } from "./seccomp-document.ts";

/** What `--security-opt` and `--privileged` come to. */
export interface Security {
  readonly noNewPrivileges: boolean;
  readonly seccomp: "default" | "unconfined" | SeccompDocument;
  readonly systemPathsUnconfined: boolean;
  readonly apparmor: string | undefined;
}

/** @throws EngineError `invalid-argument` with docker's text for an option that there is not */
export function resolveSecurity(host: HostConfig): Security {
  let security: Security = { noNewPrivileges: false, seccomp: host.Privileged ? "unconfined" : "default", systemPathsUnconfined: host.Privileged, apparmor: undefined };
  for (const option of host.SecurityOpt ?? []) security = { ...security, ...parseOption(option) };
  return security;
}

function parseOption(option: string): Partial<Security> {
  if (option === "no-new-privileges") return { noNewPrivileges: true };
  const separator = option.includes("=") ? "=" : ":";
  const at = option.indexOf(separator);
  const [name, value] = [option.slice(0, at), option.slice(at + 1)];
  if (at < 0) throw invalid(option);
  switch (name) {
    case "no-new-privileges": return { noNewPrivileges: parseBoolean(value, option) };
    case "seccomp": return { seccomp: value === "unconfined" ? "unconfined" : value === "builtin" ? "default" : parseSeccompProfile(value) };
    case "systempaths":
      if (value !== "unconfined") throw invalid(option);
      return { systemPathsUnconfined: true };
    case "apparmor":
      if (value !== "unconfined" && !existsSync("/sys/kernel/security/apparmor")) {
        throw new EngineError("invalid-argument", `the host has no AppArmor, which the security option ${JSON.stringify(option)} asks for`);
      }
      return existsSync("/sys/kernel/security/apparmor") ? { apparmor: value } : {};
    case "label":
      if (value === "disable" || !existsSync("/sys/fs/selinux/enforce")) return {};
      throw new EngineError("invalid-argument", "SELinux labels are not supported yet");
    default: throw invalid(option);
  }
}

function parseBoolean(value: string, option: string): boolean {
  if (["true", "1", "t", "T", "TRUE", "True"].includes(value)) return true;
  if (["false", "0", "f", "F", "FALSE", "False"].includes(value)) return false;
  throw invalid(option);
}

function invalid(option: string): EngineError {
  return new EngineError("invalid-argument", `invalid --security-opt 2: ${JSON.stringify(option)}`);
}
