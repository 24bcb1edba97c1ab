import { lookup } from "node:dns/promises";
import { EngineError } from "../../base/index.ts";
import type { MountFlag, MountRequest } from "../../host/mount/index.ts";

type Options = Readonly<Record<string, string>>;

/**
 * @throws EngineError `not-found` or `invalid-argument`, docker's texts, for a driver or an option that there is not
 */
export function checkDriver(name: string, driver: string, options: Options): void {
  if (driver !== "local" && driver !== "") {
    throw new EngineError("not-found", `create ${name}: error looking up volume plugin ${driver}: plugin ${JSON.stringify(driver)} not found`);
  }
  const fail = (why: string): EngineError => new EngineError("invalid-argument", `create ${name}: ${why}`);
  for (const option of Object.keys(options)) {
    if (!["type", "o", "device", "size"].includes(option)) throw fail(`invalid option: ${JSON.stringify(option)}`);
  }
  if (options.size !== undefined) throw fail("quota size requested but no quota support");
  const needs = [["device", "type"], ["type", "device"], ["o", "device"], ["o", "type"]] as const;
  for (const [given, needed] of needs) {
    if (options[given] !== undefined && options[needed] === undefined) throw fail(`missing required option: ${JSON.stringify(needed)}`);
  }
}

/** Options of mount(8) that are flags of mount(2); undefined: the opposite of a flag, which is how a mount begins. */
const flags: Readonly<Record<string, readonly MountFlag[] | undefined>> = {
  ro: ["read-only"],
  nosuid: ["nosuid"],
  nodev: ["nodev"],
  noexec: ["noexec"],
  sync: ["sync"],
  dirsync: ["dirsync"],
  noatime: ["noatime"],
  nodiratime: ["nodiratime"],
  relatime: ["relatime"],
  strictatime: ["strictatime"],
  lazytime: ["lazytime"],
  bind: ["bind"],
  rbind: ["bind", "recursive"],
  rw: undefined,
  suid: undefined,
  dev: undefined,
  exec: undefined,
  async: undefined,
  atime: undefined,
  diratime: undefined,
  defaults: undefined,
};

/**
 * The file system that a volume's options ask for; none for a plain folder. The address of a network file system is
 * looked up here, since the kernel takes numbers only.
 */
export async function driverMount(options: Options, target: string): Promise<MountRequest | undefined> {
  const { type, device, o = "" } = options;
  if (type === undefined || device === undefined) return undefined;
  const wanted: MountFlag[] = [];
  const data: string[] = [];
  for (const option of o.split(",").filter((text) => text !== "")) {
    if (Object.hasOwn(flags, option)) wanted.push(...(flags[option] ?? []));
    else data.push(await resolveAddress(type, option));
  }
  return { source: device, target, type, flags: wanted, data: data.join(",") };
}

async function resolveAddress(type: string, option: string): Promise<string> {
  const [name, host] = [option.slice(0, 5), option.slice(5)];
  if (name !== "addr=" || !/^(nfs|cifs)/.test(type)) return option;
  return `addr=${(await lookup(host)).address}`;
}
