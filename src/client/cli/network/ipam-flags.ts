import type { IpamConfig } from "../../../api/types/index.ts";
import { CommandFailure } from "../command/index.ts";

interface Block {
  readonly address: bigint;
  /** Of the address: 32 or 128. */
  readonly bits: number;
  readonly prefix: number;
}

export interface IpamFlags {
  readonly subnets: readonly string[];
  readonly ranges: readonly string[];
  readonly gateways: readonly string[];
  readonly auxiliary: readonly string[];
}

/** Each subnet with the range, the gateway and the reserved addresses that lie in it. @throws CommandFailure in docker's words. */
export function ipamConfigs({ subnets, ranges, gateways, auxiliary }: IpamFlags): IpamConfig[] {
  if (subnets.length < ranges.length || subnets.length < gateways.length) throw refused("every ip-range or gateway must have a corresponding subnet");
  const blocks = new Map(subnets.map((subnet) => [subnet, parseBlock(subnet)] as const));
  checkOverlaps(subnets, blocks);
  const configs = new Map(subnets.map((subnet): [string, IpamConfig] => [subnet, { Subnet: subnet }]));
  for (const range of ranges) place(configs, blocks, { text: range, what: "range", add: (config) => only(config.IPRange, range, { ...config, IPRange: range }) });
  for (const gateway of gateways) place(configs, blocks, { text: gateway, what: "gateway", add: (config) => only(config.Gateway, gateway, { ...config, Gateway: gateway }) });
  for (const pair of auxiliary) {
    const equals = pair.indexOf("=");
    const [name, address] = equals < 0 ? [pair, ""] : [pair.slice(0, equals), pair.slice(equals + 1)];
    place(configs, blocks, { text: address, what: "aux-address", add: (config) => ({ ...config, AuxiliaryAddresses: { ...config.AuxiliaryAddresses, [name]: address } }) });
  }
  return [...configs.values()];
}

interface Placement {
  readonly text: string;
  readonly what: string;
  readonly add: (config: IpamConfig) => IpamConfig;
}

function place(configs: Map<string, IpamConfig>, blocks: ReadonlyMap<string, Block | undefined>, { text, what, add }: Placement): void {
  const address = parseBlock(text);
  for (const [subnet, config] of configs) {
    const block = blocks.get(subnet);
    if (address === undefined || block === undefined || !contains(block, address)) continue;
    configs.set(subnet, add(config));
    return;
  }
  throw refused(`no matching subnet for ${what} ${text}`);
}

function only(before: string | undefined, now: string, config: IpamConfig): IpamConfig {
  if (before !== undefined) throw refused(`cannot configure multiple ranges or gateways (${before}, ${now}) on the same subnet (${config.Subnet ?? ""})`);
  return config;
}

function checkOverlaps(subnets: readonly string[], blocks: ReadonlyMap<string, Block | undefined>): void {
  const known = subnets.map((subnet) => blocks.get(subnet)).filter((block) => block !== undefined);
  for (const [index, block] of known.entries()) {
    const overlaps = known.slice(0, index).some((other) => contains(other, block) || contains(block, other));
    if (overlaps) throw refused("multiple overlapping subnet configuration is not supported");
  }
}

function contains(block: Block, other: Block): boolean {
  const shift = BigInt(block.bits - block.prefix);
  return block.bits === other.bits && block.prefix <= other.prefix && block.address >> shift === other.address >> shift;
}

/** An address, or a block in CIDR form; what is neither is the engine's to refuse. */
function parseBlock(text: string): Block | undefined {
  const [written = "", length, ...more] = text.split("/");
  const bits = written.includes(":") ? 128 : 32;
  const address = bits === 32 ? parseV4(written) : parseV6(written);
  const prefix = length === undefined ? bits : Number(length);
  if (address === undefined || more.length > 0 || !/^\d{1,3}$/.test(length ?? "0") || prefix > bits) return undefined;
  return { address, bits, prefix };
}

function parseV4(text: string): bigint | undefined {
  const parts = text.split(".");
  if (parts.length !== 4 || parts.some((part) => !/^\d{1,3}$/.test(part) || Number(part) > 255)) return undefined;
  return parts.reduce((sum, part) => (sum << 8n) + BigInt(part), 0n);
}

function parseV6(text: string): bigint | undefined {
  if (!URL.canParse(`http://[${text}]/`)) return undefined;
  // The URL standard writes an address in one form, with groups of at most four digits and one "::".
  const [head = "", tail] = new URL(`http://[${text}]/`).hostname.slice(1, -1).split("::");
  const groups = (part: string): string[] => (part === "" ? [] : part.split(":"));
  const [before, after] = [groups(head), groups(tail ?? "")];
  const all = [...before, ...Array.from({ length: 8 - before.length - after.length }, () => "0"), ...after];
  return all.reduce((sum, group) => (sum << 16n) + BigInt(`0x${group}`), 0n);
}

function refused(message: string): CommandFailure {
  return new CommandFailure(1, message);
}
