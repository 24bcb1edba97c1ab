import type { SystemInfo } from "../../../api/types/index.ts";
import { formatBinarySize } from "../../../base/index.ts";
import { documentFormatFlag, type Command, type CommandContext, type Plugin } from "../command/index.ts";
import { errorText, writeTemplated } from "../output/index.ts";
import { productVersion } from "../product-version/index.ts";

export const infoCommand: Command = {
  usage: "[OPTIONS]",
  arity: { least: 0, most: 0 },
  flags: [documentFormatFlag],
  async run(context, { flags }) {
    const { engine, io } = context;
    let info: SystemInfo | undefined;
    let problem: unknown;
    try {
      info = await engine.call("systemInfo", {});
    } catch (error) {
      problem = error;
    }
    const client = await clientInfo(context);
    const format = flags.text("format");
    if (format !== "") {
      const failure = problem === undefined ? {} : { ServerErrors: [errorText(problem)] };
      await writeTemplated(io, { ...info, ...failure, ClientInfo: client }, { format, names: { type: "system.dockerInfo", template: "" } });
      return problem === undefined ? 0 : 1;
    }
    await io.out.write(`Client:\n${clientLines(client).map((line) => ` ${line}\n`).join("")}`);
    for (const { Path, Err } of client.Plugins) if (Err !== undefined) await io.err.write(`WARNING: Plugin ${JSON.stringify(Path)} is not valid: ${Err}\n`);
    await io.out.write("\nServer:\n");
    if (info === undefined) {
      await io.err.write(`${errorText(problem)}\n`);
      return 1;
    }
    await io.out.write(`${serverLines(info).map((line) => ` ${line}\n`).join("")}\n`);
    for (const warning of info.Warnings ?? []) await io.err.write(`${warning}\n`);
    return 0;
  },
};

interface ClientInfo {
  readonly Debug: boolean;
  readonly Version: string;
  readonly Context: string;
  readonly Plugins: readonly Plugin[];
  readonly Warnings: readonly string[] | null;
}

async function clientInfo({ settings }: CommandContext): Promise<ClientInfo> {
  return { Debug: settings.isDebugging, Version: productVersion, Context: settings.context(), Plugins: await settings.plugins(), Warnings: null };
}

function clientLines({ Debug, Version, Context, Plugins }: ClientInfo): string[] {
  const usable = Plugins.filter(({ Err }) => Err === undefined);
  return [
    `Version:    ${Version}`, `Context:    ${Context}`, `Debug Mode: ${Debug}`,
    ...(usable.length === 0 ? [] : ["Plugins:"]),
    ...usable.flatMap(({ Name, ShortDescription = "", Vendor = "", Version: version = "", Path }) => [
      ` ${Name}: ${ShortDescription} (${Vendor})`,
      ...(version === "" ? [] : [`   Version:  ${version}`]),
      `   Path:     ${Path}`,
    ]),
  ];
}

function serverLines(info: SystemInfo): string[] {
  return [
    `Containers: ${info.Containers}`, ` Running: ${info.ContainersRunning}`, ` Paused: ${info.ContainersPaused}`, ` Stopped: ${info.ContainersStopped}`,
    `Images: ${info.Images}`,
    ...shown("Server Version", info.ServerVersion),
    `Storage Driver: ${info.Driver}`,
    ...info.DriverStatus.map(([name, value]) => ` ${name}: ${value}`),
    ...shown("Logging Driver", info.LoggingDriver), ...shown("Cgroup Driver", info.CgroupDriver), ...shown("Cgroup Version", info.CgroupVersion),
    "Plugins:",
    ...plugin("Volume", info.Plugins.Volume), ...plugin("Network", info.Plugins.Network),
    ...plugin("Authorization", info.Plugins.Authorization), ...plugin("Log", info.Plugins.Log),
    `Swarm: ${info.Swarm.LocalNodeState}`,
    `Runtimes: ${Object.keys(info.Runtimes).sort().join(" ")}`, `Default Runtime: ${info.DefaultRuntime}`,
    ...shown("Init Binary", info.InitBinary),
    ...commit("containerd version", info.ContainerdCommit), ...commit("runc version", info.RuncCommit), ...commit("init version", info.InitCommit),
    ...securityLines(info.SecurityOptions),
    ...shown("Kernel Version", info.KernelVersion), ...shown("Operating System", info.OperatingSystem), ...shown("OSType", info.OSType),
    ...shown("Architecture", info.Architecture),
    `CPUs: ${info.NCPU}`, `Total Memory: ${formatBinarySize(info.MemTotal)}`,
    ...shown("Name", info.Name), ...shown("ID", info.ID), ...shown("Docker Root Dir", info.DockerRootDir),
    `Debug Mode: ${info.Debug}`,
    ...shown("HTTP Proxy", info.HttpProxy), ...shown("HTTPS Proxy", info.HttpsProxy), ...shown("No Proxy", info.NoProxy),
    ...(info.Labels.length === 0 ? [] : ["Labels:", ...info.Labels.map((label) => ` ${label}`)]),
    `Experimental: ${info.ExperimentalBuild}`,
    ...(info.RegistryConfig === null ? [] : registryLines(info.RegistryConfig)),
    `Live Restore Enabled: ${info.LiveRestoreEnabled}`,
  ];
}

function shown(name: string, value: string): string[] {
  return value === "" ? [] : [`${name}: ${value}`];
}

function commit(name: string, value: { readonly ID: string } | undefined): string[] {
  return value === undefined ? [] : [`${name}: ${value.ID}`];
}

function plugin(name: string, list: readonly string[] | null): string[] {
  return list === null || list.length === 0 ? [] : [` ${name}: ${list.join(" ")}`];
}

/** "name=seccomp,profile=default" as a line and those below it. */
function securityLines(options: readonly string[]): string[] {
  if (options.length === 0) return [];
  const lines = options.flatMap((option) => {
    const [first = "", ...rest] = option.split(",").map((pair) => pair.split("="));
    const [, name = first[0] ?? ""] = first;
    return [` ${name}`, ...rest.map(([key = "", value = ""]) => `  ${key.charAt(0).toUpperCase()}${key.slice(1)}: ${value}`)];
  });
  return ["Security Options:", ...lines];
}

function registryLines({ InsecureRegistryCIDRs, IndexConfigs, Mirrors }: NonNullable<SystemInfo["RegistryConfig"]>): string[] {
  const insecure = Object.values(IndexConfigs).filter(({ Secure }) => !Secure).map(({ Name }) => ` ${Name}`);
  const ranges = InsecureRegistryCIDRs.map((range) => ` ${range}`);
  const mirrors = Mirrors ?? [];
  return [
    ...(insecure.length + ranges.length === 0 ? [] : ["Insecure Registries:", ...insecure, ...ranges]),
    ...(mirrors.length === 0 ? [] : ["Registry Mirrors:", ...mirrors.map((mirror) => ` ${mirror}`)]),
  ];
}
