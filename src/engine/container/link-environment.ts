/** A container that another one is linked to, as the other's environment tells of it. */
export interface LinkedContainer {
  /** What the other calls it. */
  readonly alias: string;
  /** Name of the container that has the link, without a slash. */
  readonly parent: string;
  /** On the default bridge. */
  readonly address: string;
  /** Exposed by the linked container, as "80/tcp". */
  readonly ports: readonly string[];
  readonly environment: readonly string[];
}

interface LinkPort {
  readonly number: number;
  readonly protocol: string;
}

/** Nothing of the linked container's own that would say something else in the one that has the link. */
const ownVariables: ReadonlySet<string> = new Set(["HOME", "PATH"]);

/** docker's variables for a link on the default bridge: the name, each exposed port, the run of ports that the lowest begins, and the container's own environment. */
export function linkEnvironment({ alias, parent, address, ports, environment }: LinkedContainer): string[] {
  const prefix = alias.toUpperCase().replaceAll("-", "_");
  const sorted = ports.flatMap(parsePort).sort((one, other) => one.number - other.number || rank(one) - rank(other));
  const [first] = sorted;
  const own = environment.filter((variable) => variable.includes("=") && !ownVariables.has(variable.split("=", 1)[0] ?? ""));
  return [
    `${prefix}_NAME=/${parent}/${alias}`,
    ...(first === undefined ? [] : [`${prefix}_PORT=${url(address, first)}`]),
    ...sorted.flatMap((port) => portVariables(prefix, { address, port })),
    ...runVariables(prefix, { address, run: firstRun(sorted) }),
    ...own.map((variable) => `${prefix}_ENV_${variable}`),
  ];
}

function portVariables(prefix: string, { address, port }: { readonly address: string; readonly port: LinkPort }): string[] {
  const name = `${prefix}_PORT_${port.number}_${port.protocol.toUpperCase()}`;
  return [`${name}=${url(address, port)}`, `${name}_ADDR=${address}`, `${name}_PORT=${port.number}`, `${name}_PROTO=${port.protocol}`];
}

function runVariables(prefix: string, { address, run }: { readonly address: string; readonly run: readonly LinkPort[] }): string[] {
  const [start, end] = [run[0], run.at(-1)];
  if (start === undefined || end === undefined || start === end) return [];
  const name = `${prefix}_PORT_${start.number}_${start.protocol.toUpperCase()}`;
  return [`${name}_START=${url(address, start)}`, `${name}_PORT_START=${start.number}`, `${name}_PORT_END=${end.number}`];
}

/** The lowest port, and those of its protocol whose numbers follow it. docker has no variables for other runs. */
function firstRun(sorted: readonly LinkPort[]): readonly LinkPort[] {
  const [first] = sorted;
  const same = sorted.filter(({ protocol }) => protocol === first?.protocol);
  const gap = same.findIndex(({ number }, index) => number !== (first?.number ?? 0) + index);
  return gap < 0 ? same : same.slice(0, gap);
}

function parsePort(text: string): LinkPort[] {
  const [, number, protocol = "tcp"] = /^(\d+)(?:\/(\w+))?$/.exec(text) ?? [];
  return number === undefined ? [] : [{ number: Number(number), protocol }];
}

function url(address: string, { number, protocol }: LinkPort): string {
  return `${protocol}://${address}:${number}`;
}

/** docker names a port's tcp before its udp. */
function rank({ protocol }: LinkPort): number {
  return protocol === "tcp" ? 0 : 1;
}
