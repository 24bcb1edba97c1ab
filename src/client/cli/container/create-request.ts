import { resolve } from "node:path";
import type { Given } from "../../../api/operations/index.ts";
import type { ContainerCreateBody, HealthConfig, HostConfig, Resources, RestartPolicy } from "../../../api/types/index.ts";
import { isEngineError } from "../../../base/index.ts";
import { proxyVariables } from "../config-file/index.ts";
import { CommandFailure, type CommandContext, type FlagValues } from "../command/index.ts";
import { apiSocketMounts, apiSocketVariables } from "./api-socket.ts";
import { capabilitiesOf } from "./capability-option.ts";
import { nanoCpus } from "./cpus-option.ts";
import { cdiRequest, isCdiDevice, parseDevice, parseThrottle, parseThrottleOperations, parseUlimit, parseWeight } from "./device-options.ts";
import { environmentOf, linesOf, textOfFile } from "./environment.ts";
import { parseGpus } from "./gpu-option.ts";
import { parseMount } from "./mount-option.ts";
import { endpointOf, isUserDefined, networksOf } from "./network-option.ts";
import { portsOf } from "./port-option.ts";
import { securityOf } from "./security-option.ts";

export interface CreateRequest {
  readonly image: string;
  readonly command: readonly string[];
  /** Runs in the background: nothing is attached. */
  readonly isDetached: boolean;
}

type Config = Omit<Given<ContainerCreateBody>, "HostConfig" | "NetworkingConfig">;

/** The body of a create request, of the flags of `create` and `run`. @throws CommandFailure in docker's words. */
export async function createBody(context: CommandContext, flags: FlagValues, request: CreateRequest): Promise<Given<ContainerCreateBody>> {
  try {
    return await uncheckedBody(context, flags, request);
  } catch (error) {
    throw isEngineError(error, "invalid-argument") ? refused(error.message) : error;
  }
}

async function uncheckedBody(context: CommandContext, flags: FlagValues, request: CreateRequest): Promise<Given<ContainerCreateBody>> {
  checkPull(flags.text("pull"));
  const networks = networksOf(flags);
  const config = await configOf(context, flags, request);
  const [first] = networks;
  return {
    ...config,
    HostConfig: { ...await hostConfigOf(context, flags), NetworkMode: first?.target ?? "default" },
    NetworkingConfig: { EndpointsConfig: Object.fromEntries(networks.map((network) => [network.target, endpointOf(network)])) },
  };
}

/** What the user's configuration gives to containers, unless the line says otherwise. */
function proxyValues({ engine, settings }: CommandContext, given: readonly string[]): string[] {
  const names = new Set(given.map((value) => value.split("=", 1)[0]));
  return [...proxyVariables(settings.file(), engine.host)].filter(([name]) => !names.has(name)).map(([name, value]) => `${name}=${value}`);
}

async function configOf(context: CommandContext, flags: FlagValues, request: CreateRequest): Promise<Config> {
  const { image, command, isDetached } = request;
  const attach = flags.list("attach");
  const isDefault = attach.length === 0;
  const stdin = flags.isOn("interactive");
  const attachStdin = !isDetached && (attach.includes("stdin") || (isDefault && stdin));
  const health = healthOf(flags);
  const volumes = flags.list("volume").filter((spec) => !spec.includes(":"));
  if (flags.list("volume").includes("")) throw refused("invalid empty volume spec");
  const { exposed } = portsOf(flags.list("publish"), flags.list("expose"));
  const values = [...proxyValues(context, flags.list("env")), ...apiSocketVariables(context, flags), ...flags.list("env")];
  const environment = await environmentOf({ files: flags.list("env-file"), values, environment: context.settings.environment });
  return {
    Hostname: flags.text("hostname"),
    Domainname: flags.text("domainname"),
    User: flags.text("user"),
    AttachStdin: attachStdin,
    AttachStdout: !isDetached && (isDefault || attach.includes("stdout")),
    AttachStderr: !isDetached && (isDefault || attach.includes("stderr")),
    ...(exposed.length === 0 ? {} : { ExposedPorts: Object.fromEntries(exposed.map((port) => [port, {}])) }),
    Tty: flags.isOn("tty"),
    OpenStdin: stdin,
    StdinOnce: stdin && attachStdin,
    Env: environment,
    Cmd: command.length === 0 ? null : command,
    ...(health === undefined ? {} : { Healthcheck: health }),
    Image: image,
    Volumes: Object.fromEntries(volumes.map((path) => [path, {}])),
    WorkingDir: flags.text("workdir"),
    Entrypoint: flags.isGiven("entrypoint") ? [flags.text("entrypoint")] : null,
    OnBuild: null,
    Labels: await labelsOf(flags),
    ...(flags.text("stop-signal") === "" ? {} : { StopSignal: flags.text("stop-signal") }),
    ...(flags.isGiven("stop-timeout") ? { StopTimeout: flags.number("stop-timeout") } : {}),
  };
}

async function hostConfigOf(context: CommandContext, flags: FlagValues): Promise<Given<HostConfig>> {
  const restart = restartPolicyOf(flags.text("restart"));
  if (flags.isOn("rm") && restart.Name !== "" && restart.Name !== "no") throw refused("conflicting options: cannot specify both --restart and --rm");
  checkModes(flags);
  const security = await securityOf(flags.list("security-opt"));
  const swappiness = flags.number("memory-swappiness");
  if (swappiness !== -1 && (swappiness < 0 || swappiness > 100)) throw refused(`invalid value: ${swappiness}. Valid memory swappiness range is 0-100`);
  return {
    ...resourcesOf(flags),
    ...namespacesOf(flags),
    ...mountsOf(context, flags),
    ...loggingOf(flags),
    ...security,
    MemorySwappiness: swappiness,
    OomKillDisable: flags.isOn("oom-kill-disable"),
    ContainerIDFile: flags.text("cidfile"),
    PortBindings: portsOf(flags.list("publish"), []).bindings,
    PublishAllPorts: flags.isOn("publish-all"),
    RestartPolicy: restart,
    AutoRemove: flags.isOn("rm"),
    ConsoleSize: consoleSize(context),
    ...capabilitiesOf(flags.list("cap-add"), flags.list("cap-drop")),
    Dns: flags.list("dns"),
    DnsOptions: [...flags.list("dns-option"), ...flags.list("dns-opt")],
    DnsSearch: flags.list("dns-search"),
    ExtraHosts: orNull(flags.list("add-host")),
    GroupAdd: orNull(flags.list("group-add")),
    Links: isUserDefined(networksOf(flags)[0]?.target ?? "") ? null : orNull(flags.list("link")),
    OomScoreAdj: flags.number("oom-score-adj"),
    Privileged: flags.isOn("privileged"),
    ReadonlyRootfs: flags.isOn("read-only"),
    ...mapIfGiven("Annotations", flags.list("annotation")),
    ...mapIfGiven("Sysctls", flags.list("sysctl")),
    ...(flags.text("runtime") === "" ? {} : { Runtime: flags.text("runtime") }),
    Isolation: flags.text("isolation"),
    ...(flags.isGiven("init") ? { Init: flags.isOn("init") } : {}),
  };
}

function resourcesOf(flags: FlagValues): Given<Resources> {
  const cdi = flags.list("device").filter(isCdiDevice);
  const requests = [...flags.list("gpus").map(parseGpus), ...(cdi.length === 0 ? [] : [cdiRequest(cdi)])];
  return {
    CpuShares: flags.number("cpu-shares"),
    Memory: flags.number("memory"),
    NanoCpus: nanoCpus(flags.text("cpus")),
    CgroupParent: flags.text("cgroup-parent"),
    BlkioWeight: flags.number("blkio-weight"),
    BlkioWeightDevice: flags.list("blkio-weight-device").map(parseWeight),
    BlkioDeviceReadBps: flags.list("device-read-bps").map(parseThrottle),
    BlkioDeviceWriteBps: flags.list("device-write-bps").map(parseThrottle),
    BlkioDeviceReadIOps: flags.list("device-read-iops").map(parseThrottleOperations),
    BlkioDeviceWriteIOps: flags.list("device-write-iops").map(parseThrottleOperations),
    CpuPeriod: flags.number("cpu-period"),
    CpuQuota: flags.number("cpu-quota"),
    CpuRealtimePeriod: flags.number("cpu-rt-period"),
    CpuRealtimeRuntime: flags.number("cpu-rt-runtime"),
    CpusetCpus: flags.text("cpuset-cpus"),
    CpusetMems: flags.text("cpuset-mems"),
    Devices: flags.list("device").filter((device) => !isCdiDevice(device)).map(parseDevice),
    DeviceCgroupRules: orNull(flags.list("device-cgroup-rule")),
    DeviceRequests: requests.length === 0 ? null : requests,
    ...(flags.isGiven("kernel-memory") ? { KernelMemory: flags.number("kernel-memory") } : {}),
    MemoryReservation: flags.number("memory-reservation"),
    MemorySwap: flags.number("memory-swap"),
    PidsLimit: flags.isGiven("pids-limit") ? flags.number("pids-limit") : null,
    Ulimits: flags.list("ulimit").length === 0 ? [] : lastOfEach(flags.list("ulimit").map(parseUlimit)),
    CpuCount: flags.number("cpu-count"),
    CpuPercent: flags.number("cpu-percent"),
    IOMaximumIOps: flags.number("io-maxiops"),
    IOMaximumBandwidth: flags.number("io-maxbandwidth"),
  };
}

function lastOfEach<T extends { readonly Name: string }>(items: readonly T[]): T[] {
  return [...new Map(items.map((item) => [item.Name, item])).values()];
}

function namespacesOf(flags: FlagValues): Given<HostConfig> {
  return {
    CgroupnsMode: flags.text("cgroupns"),
    IpcMode: flags.text("ipc"),
    PidMode: flags.text("pid"),
    UTSMode: flags.text("uts"),
    UsernsMode: flags.text("userns"),
    ShmSize: flags.number("shm-size"),
  };
}

function checkModes(flags: FlagValues): void {
  const rules: readonly (readonly [string, RegExp, string])[] = [
    ["pid", /^(?:|host|container:.+)$/, "PID"],
    ["uts", /^(?:|host)$/, "UTS"],
    ["userns", /^(?:|host)$/, "USER"],
    ["cgroupns", /^(?:|host|private)$/, "CGROUP"],
  ];
  for (const [flag, allowed, name] of rules) if (!allowed.test(flags.text(flag))) throw refused(`--${flag}: invalid ${name} mode`);
}

function mountsOf(context: CommandContext, flags: FlagValues): Given<HostConfig> {
  const binds = flags.list("volume").filter((spec) => spec.includes(":")).map(absoluteBind);
  const tmpfs = flags.list("tmpfs").map((spec) => {
    const colon = spec.indexOf(":");
    return colon < 0 ? [spec, ""] as const : [spec.slice(0, colon), spec.slice(colon + 1)] as const;
  });
  const mounts = [...flags.list("mount").map(parseMount), ...apiSocketMounts(context, flags)];
  return {
    Binds: orNull(binds),
    VolumeDriver: flags.text("volume-driver"),
    VolumesFrom: orNull(flags.list("volumes-from")),
    ...(tmpfs.length === 0 ? {} : { Tmpfs: Object.fromEntries(tmpfs) }),
    ...(mounts.length === 0 ? {} : { Mounts: mounts }),
    ...mapIfGiven("StorageOpt", flags.list("storage-opt"), "invalid storage option"),
  };
}

/** A source that begins with a dot is a path of this machine, as seen from here. */
function absoluteBind(spec: string): string {
  const colon = spec.indexOf(":");
  const source = spec.slice(0, colon);
  return source.startsWith(".") ? `${resolve(source)}${spec.slice(colon)}` : spec;
}

function loggingOf(flags: FlagValues): Given<HostConfig> {
  const options = pairs(flags.list("log-opt"));
  const driver = flags.text("log-driver");
  if (driver === "none" && Object.keys(options).length > 0) throw refused("invalid logging opts for driver none");
  return { LogConfig: { Type: driver, Config: options } };
}

function healthOf(flags: FlagValues): HealthConfig | undefined {
  const command = flags.text("health-cmd");
  const [interval, timeout, startPeriod, startInterval] = ["health-interval", "health-timeout", "health-start-period", "health-start-interval"].map((name) => {
    const value = flags.duration(name);
    if (value < 0n) throw refused(`--${name} cannot be negative`);
    return Number(value);
  });
  const retries = flags.number("health-retries");
  if (retries < 0) throw refused("--health-retries cannot be negative");
  const hasAny = [interval, timeout, startPeriod, startInterval, retries].some((value) => value !== 0) || command !== "";
  if (flags.isOn("no-healthcheck")) {
    if (hasAny) throw refused("--no-healthcheck conflicts with --health-* options");
    return { Test: ["NONE"] };
  }
  if (!hasAny) return undefined;
  return {
    ...(command === "" ? {} : { Test: ["CMD-SHELL", command] }),
    Interval: interval ?? 0, Timeout: timeout ?? 0, StartPeriod: startPeriod ?? 0, StartInterval: startInterval ?? 0, Retries: retries,
  };
}

/** `no`, `always`, `unless-stopped`, `on-failure[:times]`; other names are the engine's to refuse. */
export function restartPolicyOf(text: string): RestartPolicy {
  const [name = "", times, ...more] = text.split(":");
  if (more.length > 0) throw refused("invalid restart policy format: maximum retry count must be an integer");
  if (text !== "" && name === "") throw refused("invalid restart policy format: no policy provided before colon");
  if (times !== undefined && !/^[+-]?\d{1,9}$/.test(times)) throw refused("invalid restart policy format: maximum retry count must be an integer");
  return { Name: name, MaximumRetryCount: Number(times ?? 0) };
}

function checkPull(pull: string): void {
  if (!["always", "missing", "never", ""].includes(pull)) throw refused(`invalid pull option: '${pull}': must be one of "always", "missing" or "never"`);
}

async function labelsOf(flags: FlagValues): Promise<Readonly<Record<string, string>>> {
  const lines: string[] = [];
  for (const file of flags.list("label-file")) lines.push(...linesOf(file, await textOfFile(file)));
  return pairs([...lines, ...flags.list("label")]);
}

/** `name=value` pairs as a map; a name alone has an empty value. */
export function pairs(texts: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(texts.map((text) => {
    const equals = text.indexOf("=");
    return equals < 0 ? [text, ""] : [text.slice(0, equals), text.slice(equals + 1)];
  }));
}

function mapIfGiven(name: string, texts: readonly string[], strict?: string): Readonly<Record<string, Readonly<Record<string, string>>>> {
  if (strict !== undefined && texts.some((text) => !text.includes("="))) throw refused(strict);
  return texts.length === 0 ? {} : { [name]: pairs(texts) };
}

function orNull(list: readonly string[]): readonly string[] | null {
  return list.length === 0 ? null : list;
}

function consoleSize({ io }: CommandContext): readonly [number, number] {
  if (!io.out.isTerminal) return [0, 0];
  const { columns, rows } = io.out.size();
  return [rows, columns];
}

function refused(message: string): CommandFailure {
  return new CommandFailure(125, message, { isBlamed: true });
}
