import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { EngineError } from "../../base/index.ts";
import { prepareExec, takeExitCode, type Monitor } from "../../host/conmon/index.ts";
import { openTree } from "../../host/files/index.ts";
import { ProcessHandle } from "../../host/process/index.ts";
import { environment, processSpec, resolveCapabilities, resolveSecurity, resolveUser, type ProcessSpec } from "../spec/index.ts";
import type { ExecStartOptions } from "../server/index.ts";
import type { Exec } from "./exec.ts";
import { runtimeOf } from "./launch.ts";
import type { ContainerParts } from "./parts.ts";

/** Of a command whose end nobody saw. */
const unknownExitCode = 137;

/**
 * Starts a command and takes hold of it.
 * @param onReady gets the path of its attach socket before it runs
 * @returns `exit` resolves with its exit code
 * @throws EngineError what kept it from starting, in docker's words
 */
export async function launchExec(exec: Exec, { parts, options, onReady }: ExecLaunch): Promise<{ readonly exit: Promise<number> }> {
  const { container, body } = exec;
  const { record } = container;
  const folder = parts.places.exec(record.id, exec.id);
  const exits = join(folder, "exits");
  mkdirSync(exits, { recursive: true, mode: 0o700 });
  try {
    const spec = execSpec(exec, parts, options);
    writeFileSync(join(folder, "process.json"), JSON.stringify(spec), { mode: 0o600 });
    const prepared = await prepareExec({
      container: record.id,
      program: body.Cmd?.[0] ?? "",
      folder,
      exitFolder: exits,
      runtime: runtimeOf(record, parts),
      terminal: body.Tty,
      stdin: body.AttachStdin,
      exec: { processSpec: join(folder, "process.json") },
    });
    await onReady(prepared.socket);
    const monitor = await prepared.run();
    exec.folder = folder;
    exec.pid = monitor.program.pid;
    return { exit: ended(exec, monitor, parts) };
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
}

export interface ExecLaunch {
  readonly parts: ContainerParts;
  readonly options: ExecStartOptions;
  readonly onReady: (socketPath: string) => Promise<void>;
}

async function ended(exec: Exec, monitor: Monitor, { places, poller }: ContainerParts): Promise<number> {
  const folder = places.exec(exec.container.id, exec.id);
  using conmon = ProcessHandle.open(monitor.conmon);
  await conmon?.exited(poller);
  const code = await takeExitCode(join(folder, "exits"), exec.container.id);
  rmSync(folder, { recursive: true, force: true });
  exec.folder = undefined;
  return code ?? unknownExitCode;
}

function execSpec({ container, body }: Exec, parts: ContainerParts, options: ExecStartOptions): ProcessSpec {
  const { config, hostConfig, state } = container.record;
  const pid = state.program?.pid;
  if (pid === undefined) throw new EngineError("conflict", `container ${container.id} is not running`);
  using root = openTree(`/proc/${pid}/root`);
  const user = resolveUser(root, body.User === "" ? config.User : body.User, body.User === "" ? (hostConfig.GroupAdd ?? []) : []);
  const { consoleSize } = options;
  return processSpec({
    args: body.Cmd ?? [],
    env: environment({ links: container.linkVariables, config: [...config.Env ?? [], ...body.Env ?? []], hostname: config.Hostname, tty: body.Tty, home: user.home }),
    cwd: body.WorkingDir === "" ? config.WorkingDir : body.WorkingDir,
    tty: body.Tty,
    ...(consoleSize === undefined ? {} : { consoleSize: [consoleSize.height, consoleSize.width] as const }),
    user,
    capabilities: resolveCapabilities({
      add: hostConfig.CapAdd ?? [], drop: hostConfig.CapDrop ?? [], privileged: body.Privileged || hostConfig.Privileged, available: parts.host.capabilities,
    }),
    noNewPrivileges: resolveSecurity(hostConfig).noNewPrivileges,
    ulimits: hostConfig.Ulimits ?? [],
    oomScoreAdj: hostConfig.OomScoreAdj,
  });
}
