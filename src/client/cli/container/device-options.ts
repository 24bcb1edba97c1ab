import type { DeviceMapping, DeviceRequest, ThrottleDevice, Ulimit, WeightDevice } from "../../../api/types/index.ts";
import { EngineError, parseMemorySize } from "../../../base/index.ts";

function wrong(message: string): EngineError {
  return new EngineError("invalid-argument", message);
}

const ulimitNames: ReadonlySet<string> = new Set([
  "as", "core", "cpu", "data", "fsize", "locks", "memlock", "msgqueue", "nice", "nofile", "nproc", "rss", "rtprio", "rttime", "sigpending", "stack",
]);

export function checkUlimit(text: string): string {
  parseUlimit(text);
  return text;
}

/** `name=soft[:hard]`; -1: no limit. @throws EngineError in docker's words. */
export function parseUlimit(text: string): Ulimit {
  const [name = "", limits, ...more] = text.split("=");
  if (limits === undefined || more.length > 0) throw wrong(`invalid ulimit argument: ${text}`);
  if (!ulimitNames.has(name)) throw wrong(`invalid ulimit type: ${name}`);
  const parts = limits.split(":");
  if (parts.length > 2) throw wrong(`too many limit value arguments - ${limits}, can only have up to two, \`soft[:hard]\``);
  const [soft = 0, hard = soft] = parts.map((part) => {
    if (!/^[+-]?\d{1,15}$/.test(part)) throw wrong(`strconv.ParseInt: parsing ${JSON.stringify(part)}: invalid syntax`);
    return Number(part);
  });
  if (hard !== -1 && (soft > hard || soft === -1)) throw wrong(`ulimit soft limit must be less than or equal to hard limit: ${soft} > ${hard}`);
  return { Name: name, Soft: soft, Hard: hard };
}

/** `path:value`. */
function splitDevice(text: string): readonly [path: string, value: string] {
  const colon = text.indexOf(":");
  if (colon < 0) throw wrong(`bad format: ${text}`);
  const path = text.slice(0, colon);
  if (!path.startsWith("/dev/")) throw wrong(`bad format for device path: ${text}`);
  return [path, text.slice(colon + 1)];
}

export function parseWeight(text: string): WeightDevice {
  const [path, value] = splitDevice(text);
  const weight = Number(value);
  if (!/^\d{1,5}$/.test(value) || (weight !== 0 && (weight < 10 || weight > 1000))) throw wrong(`invalid weight for device: ${text}`);
  return { Path: path, Weight: weight };
}

export function parseThrottle(text: string): ThrottleDevice {
  const [path, value] = splitDevice(text);
  try {
    return { Path: path, Rate: parseMemorySize(value) };
  } catch (cause) {
    throw new EngineError("invalid-argument", `invalid rate for device: ${text}. The correct format is <device-path>:<number>[<unit>]. Number must be a positive integer. Unit is optional and can be kb, mb, or gb`, { cause });
  }
}

export function parseThrottleOperations(text: string): ThrottleDevice {
  const [path, value] = splitDevice(text);
  if (!/^\d{1,15}$/.test(value)) throw wrong(`invalid rate for device: ${text}. The correct format is <device-path>:<number>. Number must be a positive integer`);
  return { Path: path, Rate: Number(value) };
}

export function checkWeight(text: string): string {
  parseWeight(text);
  return text;
}

export function checkThrottle(text: string): string {
  parseThrottle(text);
  return text;
}

export function checkThrottleOperations(text: string): string {
  parseThrottleOperations(text);
  return text;
}

/** `host[:container[:rwm]]` of `--device`. @throws EngineError in docker's words. */
export function parseDevice(text: string): DeviceMapping {
  const parts = text.split(":");
  const [host = "", second, third] = parts;
  if (text === "" || parts.length > 3) throw wrong(`bad format for path: ${text}`);
  if (third !== undefined && !isDeviceMode(third)) throw wrong(`bad mode specified: ${third}`);
  const isMode = parts.length === 2 && second !== undefined && isDeviceMode(second);
  const inside = second === undefined || isMode ? host : second;
  for (const path of [host, inside]) if (!path.startsWith("/")) throw wrong(`${path} is not an absolute path`);
  return { PathOnHost: host, PathInContainer: inside, CgroupPermissions: third ?? (isMode ? second : "rwm") };
}

function isDeviceMode(text: string): boolean {
  return /^[rwm]{1,3}$/.test(text) && new Set(text).size === text.length;
}

/** A device of the Container Device Interface: `vendor.com/class=name`. */
export function isCdiDevice(text: string): boolean {
  return /^[a-zA-Z][\w.-]*\/[a-zA-Z][\w-]*=[a-zA-Z0-9][\w:.-]*$/.test(text);
}

export function cdiRequest(names: readonly string[]): DeviceRequest {
  return { Driver: "cdi", Count: 0, DeviceIDs: names, Capabilities: null, Options: null };
}
