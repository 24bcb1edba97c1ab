import type { PortMap } from "../../../api/types/index.ts";
import { CommandFailure, type Command } from "../command/index.ts";

export const portCommand: Command = {
  usage: "CONTAINER [PRIVATE_PORT[/PROTO]]",
  arity: { least: 1, most: 2 },
  flags: [],
  async run({ engine, io }, { args }) {
    const [id = "", wanted] = args;
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
  const port = wanted.includes("/") ? wanted : `${wanted}/tcp`;
  if (!/^\d{1,5}\//.test(port)) throw new CommandFailure(1, `Error: invalid port (${wanted}): invalid syntax`);
  const bindings = ports[port] ?? [];
  if (bindings.length === 0) throw new CommandFailure(1, `Error: No public port '${wanted}' published for ${id}`);
  return bindings.map(address);
}

function address({ HostIp, HostPort }: { readonly HostIp: string; readonly HostPort: string }): string {
  return `${HostIp.includes(":") ? `[${HostIp}]` : HostIp}:${HostPort}`;
}
