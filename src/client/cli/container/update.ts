import type { Given } from "../../../api/operations/index.ts";
import type { ContainerUpdateBody } from "../../../api/types/index.ts";
import { bytesFlag, integerFlag, listFlag, textFlag, type Command, type FlagValues } from "../command/index.ts";
import { errorText } from "../output/index.ts";
import { cpusFlag, nanoCpus } from "./cpus-option.ts";
import { pairs, restartPolicyOf } from "./create-request.ts";
import { portsOf } from "./port-option.ts";

const numbers = {
  "blkio-weight": "BlkioWeight", "cpu-period": "CpuPeriod", "cpu-quota": "CpuQuota", "cpu-rt-period": "CpuRealtimePeriod",
  "cpu-rt-runtime": "CpuRealtimeRuntime", "cpu-shares": "CpuShares", memory: "Memory", "memory-reservation": "MemoryReservation",
  "memory-swap": "MemorySwap", "kernel-memory": "KernelMemory", "pids-limit": "PidsLimit",
} as const satisfies Readonly<Record<string, keyof ContainerUpdateBody>>;

export const updateCommand: Command = {
  usage: "[OPTIONS] CONTAINER [CONTAINER...]",
  arity: { least: 1 },
  flags: [
    integerFlag("blkio-weight", "Block IO (relative weight), between 10 and 1000, or 0 to disable", { type: "uint16", least: 0, most: 65_535 }),
    integerFlag("cpu-period", "Limit the period of the CPU scheduler (CFS), in microseconds"),
    integerFlag("cpu-quota", "Limit the quota of the CPU scheduler (CFS), in microseconds"),
    integerFlag("cpu-rt-period", "Limit CPU real-time period in microseconds"),
    integerFlag("cpu-rt-runtime", "Limit CPU real-time runtime in microseconds"),
    integerFlag("cpu-shares", "CPU shares (relative weight)", { short: "c" }),
    cpusFlag,
    textFlag("cpuset-cpus", "CPUs in which to allow execution (0-3, 0,1)"),
    textFlag("cpuset-mems", "MEMs in which to allow execution (0-3, 0,1)"),
    bytesFlag("kernel-memory", "Kernel memory limit", { isHidden: true }),
    bytesFlag("memory", "Memory limit", { short: "m" }),
    bytesFlag("memory-reservation", "Memory soft limit"),
    bytesFlag("memory-swap", "Swap limit equal to memory plus swap: -1 to enable unlimited swap", { allowsUnlimited: true }),
    integerFlag("pids-limit", "Tune container pids limit (set -1 for unlimited)"),
    listFlag("label-add", "Set a label (NAME=VALUE)"),
    listFlag("label-rm", "Remove a label by its name"),
    listFlag("publish-add", "Publish a port of the container, also while it runs ([[address:][port]:]port[/protocol])"),
    listFlag("publish-rm", "Publish a port no more: PORT[/PROTOCOL], or the binding as it was given"),
    textFlag("restart", "Restart policy to apply when a container exits"),
  ],
  async run({ engine, io }, { flags, args }) {
    const body = changes(flags);
    if (this.flags.every(({ name }) => !flags.isGiven(name))) throw new Error("you must provide one or more flags when using this command");
    const warnings: string[] = [];
    const problems: string[] = [];
    for (const id of args) {
      try {
        const reply = await engine.call("containerUpdate", { path: { id }, body });
        warnings.push(...reply.Warnings as readonly string[] | null ?? []);
        await io.out.write(`${id}\n`);
      } catch (error) {
        problems.push(errorText(error));
      }
    }
    if (warnings.length > 0) await io.out.write(`${warnings.join("\n")}\n`);
    if (problems.length > 0) throw new Error(problems.join("\n"));
    return 0;
  },
};

function changes(flags: FlagValues): Given<ContainerUpdateBody> {
  // No limit of processes is what nobody has asked for, as docker takes it; -1 takes a limit away.
  const given = Object.entries(numbers).filter(([flag]) => flags.isGiven(flag) && !(flag === "pids-limit" && flags.number(flag) === 0)).map(([flag, field]) => [field, flags.number(flag)] as const);
  const limits: Partial<Record<(typeof numbers)[keyof typeof numbers], number>> = Object.fromEntries(given);
  return {
    ...limits,
    ...(flags.isGiven("cpus") ? { NanoCpus: nanoCpus(flags.text("cpus")) } : {}),
    ...(flags.isGiven("cpuset-cpus") ? { CpusetCpus: flags.text("cpuset-cpus") } : {}),
    ...(flags.isGiven("cpuset-mems") ? { CpusetMems: flags.text("cpuset-mems") } : {}),
    ...(flags.isGiven("label-add") ? { AddLabels: pairs(flags.list("label-add")) } : {}),
    ...(flags.isGiven("label-rm") ? { RemoveLabels: flags.list("label-rm") } : {}),
    ...(flags.isGiven("publish-add") ? { AddPorts: portsOf(flags.list("publish-add"), []).bindings } : {}),
    ...(flags.isGiven("publish-rm") ? { RemovePorts: portsOf(flags.list("publish-rm"), []).bindings } : {}),
    ...(flags.isGiven("restart") ? { RestartPolicy: restartPolicyOf(flags.text("restart")) } : {}),
  };
}
