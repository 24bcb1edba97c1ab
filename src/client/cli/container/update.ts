import { bytesFlag, integerFlag, textFlag, type Command, type FlagValues } from "../command/index.ts";
import { reportEach } from "../output/index.ts";
import { cpusFlag, nanoCpus } from "./cpus-option.ts";
import { restartPolicyOf } from "./create-request.ts";

const numbers: Readonly<Record<string, string>> = {
  "blkio-weight": "BlkioWeight", "cpu-period": "CpuPeriod", "cpu-quota": "CpuQuota", "cpu-rt-period": "CpuRealtimePeriod",
  "cpu-rt-runtime": "CpuRealtimeRuntime", "cpu-shares": "CpuShares", memory: "Memory", "memory-reservation": "MemoryReservation",
  "memory-swap": "MemorySwap", "kernel-memory": "KernelMemory", "pids-limit": "PidsLimit",
};

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
    textFlag("restart", "Restart policy to apply when a container exits"),
  ],
  async run({ engine, io }, { flags, args }) {
    const body = JSON.stringify(changes(flags));
    if (body === "{}") throw new Error("you must provide one or more flags when using this command");
    const failed = await reportEach(io, args, {
      work: async (id) => {
        const { Warnings } = await engine.call("containerUpdate", { path: { id }, body: chunk(body) });
        for (const warning of Warnings as readonly string[] | null ?? []) await io.err.write(`${warning}\n`);
        return id;
      },
    });
    return failed.length > 0 ? 1 : 0;
  },
};

function changes(flags: FlagValues): Readonly<Record<string, unknown>> {
  const body: Record<string, unknown> = {};
  for (const [flag, field] of Object.entries(numbers)) if (flags.isGiven(flag)) body[field] = flags.number(flag);
  if (flags.isGiven("cpus")) body["NanoCpus"] = nanoCpus(flags.text("cpus"));
  if (flags.isGiven("cpuset-cpus")) body["CpusetCpus"] = flags.text("cpuset-cpus");
  if (flags.isGiven("cpuset-mems")) body["CpusetMems"] = flags.text("cpuset-mems");
  if (flags.isGiven("restart")) body["RestartPolicy"] = restartPolicyOf(flags.text("restart"));
  return body;
}

async function* chunk(text: string): AsyncGenerator<Uint8Array, void, undefined> {
  yield await Promise.resolve(Buffer.from(text));
}
