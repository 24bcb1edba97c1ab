import { EngineError } from "../../../base/index.ts";
import {
  bytesFlag, durationFlag, integerFlag, linkFlag, listFlag, platformFlag, switchFlag, textFlag, type Flag,
} from "../command/index.ts";
import { cpusFlag } from "./cpus-option.ts";
import { checkThrottle, checkThrottleOperations, checkUlimit, checkWeight } from "./device-options.ts";
import { checkGpus } from "./gpu-option.ts";
import { checkMount } from "./mount-option.ts";
import { isAddress } from "./ip-address.ts";
import { checkNetwork } from "./network-option.ts";

/** Every flag that `create` and `run` share. */
export const createFlags: readonly Flag[] = [
  listFlag("add-host", "Add a custom host-to-IP mapping (host:ip)", { check: checkHost }),
  listFlag("annotation", "Add an annotation to the container (passed through to the OCI runtime)", { type: "map", needs: { api: 43 } }),
  listFlag("attach", "Attach to STDIN, STDOUT or STDERR", { short: "a", check: checkStream }),
  integerFlag("blkio-weight", "Block IO (relative weight), between 10 and 1000, or 0 to disable", { type: "uint16", least: 0, most: 65_535 }),
  listFlag("blkio-weight-device", "Block IO weight (relative device weight)", { check: checkWeight }),
  listFlag("cap-add", "Add Linux capabilities"),
  listFlag("cap-drop", "Drop Linux capabilities"),
  textFlag("cgroup-parent", "Parent cgroup for the container"),
  textFlag("cgroupns", "Cgroup namespace to use (host|private); empty: the engine's default", { needs: { api: 41 } }),
  textFlag("cidfile", "Write the container ID to the file"),
  integerFlag("cpu-count", "CPU count (Windows only)", { isHidden: true, needs: { os: "windows" } }),
  integerFlag("cpu-percent", "CPU percent (Windows only)", { isHidden: true, needs: { os: "windows" } }),
  integerFlag("cpu-period", "Limit the period of the CPU scheduler (CFS), in microseconds"),
  integerFlag("cpu-quota", "Limit the quota of the CPU scheduler (CFS), in microseconds"),
  integerFlag("cpu-rt-period", "Limit CPU real-time period in microseconds"),
  integerFlag("cpu-rt-runtime", "Limit CPU real-time runtime in microseconds"),
  integerFlag("cpu-shares", "CPU shares (relative weight)", { short: "c" }),
  cpusFlag,
  textFlag("cpuset-cpus", "CPUs in which to allow execution (0-3, 0,1)"),
  textFlag("cpuset-mems", "MEMs in which to allow execution (0-3, 0,1)"),
  listFlag("device", "Add a host device to the container"),
  listFlag("device-cgroup-rule", "Add a rule to the cgroup allowed devices list", { check: checkDeviceRule }),
  listFlag("device-read-bps", "Limit read rate (bytes per second) from a device", { check: checkThrottle }),
  listFlag("device-read-iops", "Limit read rate (IO per second) from a device", { check: checkThrottleOperations }),
  listFlag("device-write-bps", "Limit write rate (bytes per second) to a device", { check: checkThrottle }),
  listFlag("device-write-iops", "Limit write rate (IO per second) to a device", { check: checkThrottleOperations }),
  switchFlag("disable-content-trust", "Skip image verification", { isOn: true, isHidden: true }),
  listFlag("dns", "Set custom DNS servers", { check: checkAddress }),
  listFlag("dns-opt", "Set DNS options", { isHidden: true }),
  listFlag("dns-option", "Set DNS options"),
  listFlag("dns-search", "Set custom DNS search domains", { check: checkDomain }),
  textFlag("domainname", "Container NIS domain name"),
  textFlag("entrypoint", "Overwrite the default ENTRYPOINT of the image"),
  listFlag("env", "Set environment variables", { short: "e", check: checkVariable }),
  listFlag("env-file", "Read in a file of environment variables"),
  listFlag("expose", "Expose a port or a range of ports"),
  listFlag("gpus", "GPU devices to add to the container ('all' to pass all GPUs)", { type: "gpu-request", check: checkGpus, needs: { api: 40 } }),
  listFlag("group-add", "Add additional groups to join"),
  textFlag("health-cmd", "Command to run to check health"),
  durationFlag("health-interval", "Time between running the check (ms|s|m|h)"),
  integerFlag("health-retries", "Consecutive failures needed to report unhealthy"),
  durationFlag("health-start-interval", "Time between running the check during the start period (ms|s|m|h)", { needs: { api: 44 } }),
  durationFlag("health-start-period", "Time for the container to start before failed checks count (ms|s|m|h)"),
  durationFlag("health-timeout", "Maximum time to allow one check to run (ms|s|m|h)"),
  textFlag("hostname", "Container host name", { short: "h" }),
  switchFlag("init", "Run an init inside the container that forwards signals and reaps processes"),
  switchFlag("interactive", "Keep STDIN open even if not attached", { short: "i" }),
  bytesFlag("io-maxbandwidth", "Maximum IO bandwidth limit for the system drive (Windows only)", { isHidden: true, needs: { os: "windows" } }),
  integerFlag("io-maxiops", "Maximum IOps limit for the system drive (Windows only)", { least: 0, isHidden: true, needs: { os: "windows" } }),
  textFlag("ip", "IPv4 address (such as 172.30.100.104)"),
  textFlag("ip6", "IPv6 address (such as 2001:db8::33)"),
  textFlag("ipc", "IPC mode to use"),
  textFlag("isolation", "Container isolation technology"),
  bytesFlag("kernel-memory", "Kernel memory limit", { isHidden: true }),
  listFlag("label", "Set meta data on a container", { short: "l", check: checkLabel }),
  listFlag("label-file", "Read in a line delimited file of labels"),
  linkFlag,
  listFlag("link-local-ip", "Container IPv4/IPv6 link-local addresses"),
  textFlag("log-driver", "Logging driver for the container"),
  listFlag("log-opt", "Log driver options"),
  textFlag("mac-address", "Container MAC address (such as 92:d0:c6:0a:29:33)"),
  bytesFlag("memory", "Memory limit", { short: "m" }),
  bytesFlag("memory-reservation", "Memory soft limit"),
  bytesFlag("memory-swap", "Swap limit equal to memory plus swap: '-1' to enable unlimited swap", { allowsUnlimited: true }),
  integerFlag("memory-swappiness", "Tune container memory swappiness (0 to 100)", { absent: -1 }),
  listFlag("mount", "Attach a filesystem mount to the container", { type: "mount", check: checkMount }),
  textFlag("name", "Assign a name to the container"),
  listFlag("net", "Connect a container to a network", { isHidden: true, check: checkNetwork }),
  listFlag("net-alias", "Add network-scoped alias for the container", { isHidden: true }),
  listFlag("network", "Connect a container to a network", { type: "network", check: checkNetwork }),
  listFlag("network-alias", "Add network-scoped alias for the container"),
  switchFlag("no-healthcheck", "Disable any container-specified HEALTHCHECK"),
  switchFlag("oom-kill-disable", "Disable OOM Killer"),
  integerFlag("oom-score-adj", "Tune host's OOM preferences (-1000 to 1000)"),
  textFlag("pid", "PID namespace to use"),
  integerFlag("pids-limit", "Tune container pids limit (set -1 for unlimited)"),
  platformFlag(32),
  switchFlag("privileged", "Give extended privileges to this container"),
  listFlag("publish", "Publish a container's port(s) to the host", { short: "p" }),
  switchFlag("publish-all", "Publish all exposed ports to random ports", { short: "P" }),
  textFlag("pull", 'Pull image before running ("always", "missing", "never")', { absent: "missing" }),
  switchFlag("quiet", "Suppress the pull output", { short: "q" }),
  switchFlag("read-only", "Mount the container's root filesystem as read only"),
  textFlag("restart", "Restart policy to apply when a container exits", { absent: "no" }),
  switchFlag("rm", "Automatically remove the container and its associated anonymous volumes when it exits"),
  textFlag("runtime", "Runtime to use for this container"),
  listFlag("security-opt", "Security Options"),
  bytesFlag("shm-size", "Size of /dev/shm"),
  textFlag("stop-signal", "Signal to stop the container"),
  integerFlag("stop-timeout", "Timeout (in seconds) to stop a container"),
  listFlag("storage-opt", "Storage driver options for the container"),
  listFlag("sysctl", "Sysctl options", { type: "map", check: checkSysctl }),
  listFlag("tmpfs", "Mount a tmpfs directory"),
  switchFlag("tty", "Allocate a pseudo-TTY", { short: "t" }),
  listFlag("ulimit", "Ulimit options", { type: "ulimit", check: checkUlimit }),
  switchFlag("use-api-socket", "Bind mount the engine's API socket"),
  textFlag("user", "Username or UID (format: <name|uid>[:<group|gid>])", { short: "u" }),
  textFlag("userns", "User namespace to use"),
  textFlag("uts", "UTS namespace to use"),
  listFlag("volume", "Bind mount a volume", { short: "v" }),
  textFlag("volume-driver", "Volume driver for the container"),
  listFlag("volumes-from", "Mount volumes from the specified container(s)"),
  textFlag("workdir", "Working directory inside the container", { short: "w" }),
];

function wrong(message: string): EngineError {
  return new EngineError("invalid-argument", message);
}

function checkHost(text: string): string {
  const match = /^([^:=]+)[:=](.+)$/.exec(text);
  if (match === null) throw wrong(`bad format for add-host: ${JSON.stringify(text)}`);
  const [, host = "", written = ""] = match;
  const address = /^\[(.*)\]$/.exec(written)?.[1] ?? written;
  if (address !== "host-gateway" && !isAddress(address)) throw wrong(`invalid IP address in add-host: ${JSON.stringify(address)}`);
  return `${host}:${address}`;
}

function checkAddress(text: string): string {
  if (!isAddress(text.trim())) throw wrong(`IP address is not correctly formatted: ${text}`);
  return text.trim();
}

function checkDomain(text: string): string {
  const domain = text.trim();
  if (domain === ".") return domain;
  if (!/[a-zA-Z]/.test(domain) || !/^[a-zA-Z0-9](?:[-a-zA-Z0-9_.]*[a-zA-Z0-9.])?$/.test(domain) || domain.length > 255) throw wrong(`${text} is not a valid domain`);
  return domain;
}

function checkStream(text: string): string {
  const name = text.toLowerCase();
  if (!["stdin", "stdout", "stderr"].includes(name)) throw wrong("valid streams are STDIN, STDOUT and STDERR");
  return name;
}

function checkVariable(text: string): string {
  if (text === "" || text.startsWith("=")) throw wrong(`invalid environment variable: ${text}`);
  return text;
}

function checkLabel(text: string): string {
  if (text === "" || text.startsWith("=")) throw wrong(`invalid label '${text}': empty name`);
  return text;
}

function checkDeviceRule(text: string): string {
  if (!/^[acb] (?:[0-9]+|\*):(?:[0-9]+|\*) [rwm]{1,3}$/.test(text)) throw wrong(`invalid device cgroup format '${text}'`);
  return text;
}

const sysctls: ReadonlySet<string> = new Set([
  "kernel.msgmax", "kernel.msgmnb", "kernel.msgmni", "kernel.sem", "kernel.shmall", "kernel.shmmax", "kernel.shmmni", "kernel.shm_rmid_forced",
]);

function checkSysctl(text: string): string {
  const [name = ""] = text.split("=", 1);
  if (!text.includes("=") || !(sysctls.has(name) || name.startsWith("net.") || name.startsWith("fs.mqueue."))) {
    throw wrong(`sysctl '${text}' is not allowed`);
  }
  return text;
}
