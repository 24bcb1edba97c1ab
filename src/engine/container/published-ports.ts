import type { HostConfig, PortBinding, PortMap } from "../../api/types/index.ts";
import { EngineError } from "../../base/index.ts";
import type { BoundPort } from "../network/index.ts";

export interface PortChange {
  /** Bindings as in HostConfig.PortBindings. */
  readonly add: PortMap | null;
  /** What goes; an empty host address or port stands for any, no binding at all for every binding of the port. */
  readonly remove: PortMap | null;
}

type Published = Pick<HostConfig, "PortBindings" | "PublishAllPorts">;

export interface PortState extends Published {
  /** Ports that the image or the caller exposes, as "80/tcp". */
  readonly exposed: readonly string[];
  /** While it runs: where ports that were chosen at random ended up. */
  readonly bound: readonly BoundPort[];
}

/**
 * What a container publishes after a change. Pure.
 * @throws EngineError `not-found` for a port that is to go and is not published
 */
export function changedPorts(state: PortState, { add, remove }: PortChange): Published {
  const removals = Object.entries(remove ?? {}).map(([port, selectors]) => [portKey(port), selectors ?? []] as const);
  // Of ports that are all published one can only be left out by naming the others.
  const named = removals.length > 0 && state.PublishAllPorts ? expand(state) : state;
  const bindings = new Map(Object.entries(named.PortBindings ?? {}).map(([port, list]) => [portKey(port), list ?? [anywhere]] as const));
  for (const [port, selectors] of removals) {
    for (const selector of selectors.length === 0 ? [anywhere] : selectors) removeFrom(bindings, { port, selector, bound: state.bound });
  }
  for (const [port, list] of Object.entries(add ?? {})) {
    bindings.set(portKey(port), [...bindings.get(portKey(port)) ?? [], ...(list === null || list.length === 0 ? [anywhere] : list)]);
  }
  return { PortBindings: Object.fromEntries(bindings), PublishAllPorts: named.PublishAllPorts };
}

const anywhere: PortBinding = { HostIp: "", HostPort: "" };

function expand({ PortBindings: bindings, exposed }: PortState): Published {
  const given = new Set(Object.keys(bindings ?? {}).map(portKey));
  const rest = exposed.map(portKey).filter((port) => !given.has(port));
  return { PortBindings: { ...bindings, ...Object.fromEntries(rest.map((port) => [port, [anywhere]])) }, PublishAllPorts: false };
}

interface Removal {
  readonly port: string;
  readonly selector: PortBinding;
  readonly bound: readonly BoundPort[];
}

function removeFrom(bindings: Map<string, readonly PortBinding[]>, { port, selector, bound }: Removal): void {
  const before = bindings.get(port) ?? [];
  const after = before.filter((binding) => !isMeant(binding, { port, selector, bound }));
  if (after.length === before.length) throw new EngineError("not-found", `port ${describe(port, selector)} is not published`);
  if (after.length === 0) bindings.delete(port);
  else bindings.set(port, after);
}

function isMeant({ HostIp, HostPort }: PortBinding, { port, selector, bound }: Removal): boolean {
  if (selector.HostIp !== "" && selector.HostIp !== HostIp) return false;
  if (selector.HostPort === "" || selector.HostPort === HostPort) return true;
  const isChosen = HostPort === "" || HostPort === "0" || HostPort.includes("-");
  return isChosen && bound.some(({ containerPort, protocol, hostPort }) => `${containerPort}/${protocol}` === port && String(hostPort) === selector.HostPort);
}

function portKey(port: string): string {
  return port.includes("/") ? port : `${port}/tcp`;
}

function describe(port: string, { HostIp, HostPort }: PortBinding): string {
  if (HostIp === "" && HostPort === "") return port;
  return `${HostIp === "" ? "" : `${HostIp.includes(":") ? `[${HostIp}]` : HostIp}:`}${HostPort}:${port}`;
}
