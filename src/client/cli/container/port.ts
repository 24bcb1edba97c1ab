import type { PortMap, PortReach } from "../../../api/types/index.ts";
import { CommandFailure, switchFlag, type Command } from "../command/index.ts";

export const portCommand: Command = {
  usage: "[OPTIONS] CONTAINER [PRIVATE_PORT[/PROTO]]",
  arity: { least: 1, most: 2 },
  flags: [switchFlag("why", "Tell for each binding who can reach it, and through which rule of the firewall")],
  async run({ engine, io }, { flags, args }) {
    const [id = "", wanted] = args;
    if (flags.isOn("why")) {
      const ports = await engine.call("containerReach", { path: { id } });
      const meant = wanted === undefined ? ports : ports.filter(({ PrivatePort, Type }) => `${PrivatePort}/${Type}` === portName(wanted));
      if (wanted !== undefined && meant.length === 0) throw notPublished(wanted, id);
      await io.out.write(meant.map(explain).join(""));
      return 0;
    }
    const { NetworkSettings } = await engine.call("containerInspect", { path: { id } });
    const lines = wanted === undefined ? allPorts(NetworkSettings.Ports) : onePort(NetworkSettings.Ports, wanted, id);
    if (lines.length > 0) await io.out.write(`${lines.join("\n")}\n`);
    return 0;
  },
};

function allPorts(ports: PortMap): string[] {
  const lines = Object.entries(ports).flatMap(([port, bindings]) => (bindings ?? []).map((binding) => `${port} -> ${address(binding)}`));
  return lines.sort((a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10) || (a < b ? -1 : 1));
}

function onePort(ports: PortMap, wanted: string, id: string): string[] {
  const port = portName(wanted);
  const bindings = ports[port] ?? [];
  if (bindings.length === 0) throw notPublished(wanted, id);
  return bindings.map(address);
}

function portName(wanted: string): string {
  const port = wanted.includes("/") ? wanted : `${wanted}/tcp`;
  if (!/^\d{1,5}\//.test(port)) throw new CommandFailure(1, `Error: invalid port (${wanted}): invalid syntax`);
  return port;
}

function notPublished(wanted: string, id: string): CommandFailure {
  return new CommandFailure(1, `Error: No public port '${wanted}' published for ${id}`);
}

/** A binding's paragraph: where it leads, who reaches it, what may be in the way. */
function explain({ IP, PrivatePort, PublicPort, Type, Target, Rule, IsInForce, IsHeld, From, Obstacles }: PortReach): string {
  return [
    `${PrivatePort}/${Type} -> ${address({ HostIp: IP, HostPort: String(PublicPort) })}`,
    IsInForce ? `  leads to ${Target} by ${Rule}` : "  leads nowhere: the firewall has no rule for it",
    ...From.map((who) => `  reached from ${who}`),
    ...(IsInForce && From.length === 0 ? ["  reached by nobody: the machine has no such address"] : []),
    ...Obstacles.map((obstacle) => `  unless ${obstacle}`),
    ...(IsHeld ? [] : ["  not held by the engine: another program has the port"]),
    "",
  ].join("\n");
}

function address({ HostIp, HostPort }: { readonly HostIp: string; readonly HostPort: string }): string {
  return `${HostIp.includes(":") ? `[${HostIp}]` : HostIp}:${HostPort}`;
}
