import type { ContainerConfig, Ulimit } from "../../api/types/index.ts";
import { EngineError } from "../../base/index.ts";
import { capabilitySets } from "./capabilities.ts";
import { unlimited, type LimitSpec, type ProcessSpec } from "./runtime-spec.ts";
import type { ResolvedUser } from "./user.ts";

const defaultPath = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

export interface ProcessRequest {
  readonly args: readonly string[];
  readonly env: readonly string[];
  readonly cwd: string;
  readonly tty: boolean;
  readonly consoleSize?: readonly [height: number, width: number];
  readonly user: ResolvedUser;
  readonly capabilities: readonly string[];
  readonly noNewPrivileges: boolean;
  readonly ulimits: readonly Ulimit[];
  readonly oomScoreAdj: number;
  readonly apparmorProfile?: string;
}

export function processSpec(request: ProcessRequest): ProcessSpec {
  const { user, consoleSize = [0, 0] } = request;
  const { uid, gid, additionalGids } = user;
  return {
    terminal: request.tty,
    ...(request.tty && consoleSize[0] > 0 && consoleSize[1] > 0 ? { consoleSize: { height: consoleSize[0], width: consoleSize[1] } } : {}),
    user: { uid, gid, additionalGids },
    args: request.args,
    env: request.env,
    cwd: request.cwd === "" ? "/" : request.cwd,
    capabilities: capabilitySets(request.capabilities, uid === 0),
    ...(request.ulimits.length === 0 ? {} : { rlimits: request.ulimits.map(rlimit) }),
    noNewPrivileges: request.noNewPrivileges,
    oomScoreAdj: request.oomScoreAdj,
    ...(request.apparmorProfile === undefined ? {} : { apparmorProfile: request.apparmorProfile }),
  };
}

/** @throws EngineError `invalid-argument`, docker's texts */
export function validateUlimits(ulimits: readonly Ulimit[]): void {
  for (const ulimit of ulimits) rlimit(ulimit);
}

const ulimitNames = new Set([
  "core", "cpu", "data", "fsize", "locks", "memlock", "msgqueue", "nice", "nofile", "nproc", "rss", "rtprio", "rttime", "sigpending", "stack",
]);

function rlimit({ Name: name, Hard: hard, Soft: soft }: Ulimit): LimitSpec {
  if (!ulimitNames.has(name)) throw new EngineError("invalid-argument", `invalid ulimit type: ${name}`);
  if (hard !== -1 && (soft === -1 || soft > hard)) throw new EngineError("invalid-argument", `ulimit soft limit must be less than or equal to hard limit: ${soft} > ${hard}`);
  const limit = (value: number): LimitSpec["hard"] => (value < 0 ? unlimited : value);
  return { type: `RLIMIT_${name.toUpperCase()}`, hard: limit(hard), soft: limit(soft) };
}

export interface EnvironmentRequest {
  /** Variables that tell of linked containers. */
  readonly links: readonly string[];
  readonly config: readonly string[];
  readonly hostname: string;
  readonly tty: boolean;
  readonly home: string;
}

/** PATH, HOSTNAME, TERM with a terminal, linked containers, what image and user set, HOME; a later value of a name takes its place. */
export function environment({ links, config, hostname, tty, home }: EnvironmentRequest): readonly string[] {
  const start = [defaultPath, `HOSTNAME=${hostname}`, ...(tty ? ["TERM=xterm"] : []), ...links];
  const merged = mergeEnvironment(start, config);
  return merged.some((variable) => variable.startsWith("HOME=")) ? merged : [...merged, `HOME=${home === "" ? "/" : home}`];
}

/** Later values take the place of earlier ones; a name alone takes the variable away. */
export function mergeEnvironment(base: readonly string[], changes: readonly string[]): readonly string[] {
  const variables = new Map<string, string>();
  for (const variable of [...base, ...changes]) {
    const name = variable.split("=", 1)[0] ?? variable;
    if (variable.includes("=")) variables.set(name, variable);
    else variables.delete(name);
  }
  return [...variables.values()];
}

/**
 * What a container runs: its own entrypoint and command, or the image's. An own entrypoint takes the image's command away.
 * @throws EngineError `invalid-argument`, docker's text, where there is nothing to run
 */
export function commandLine(config: Pick<ContainerConfig, "Entrypoint" | "Cmd">): readonly string[] {
  const entrypoint = (config.Entrypoint ?? []).length === 1 && config.Entrypoint?.[0] === "" ? [] : (config.Entrypoint ?? []);
  const args = [...entrypoint, ...(config.Cmd ?? [])];
  if (args.length === 0) throw new EngineError("invalid-argument", "no command specified");
  return args;
}
