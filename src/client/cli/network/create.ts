import { listFlag, stringsFlag, switchFlag, textFlag, type Command } from "../command/index.ts";
import { ipamConfigs } from "./ipam-flags.ts";

export const createCommand: Command = {
  usage: "[OPTIONS] NETWORK",
  arity: { least: 1, most: 1 },
  flags: [
    switchFlag("attachable", "Enable manual container attachment"),
    listFlag("aux-address", "Addresses of the subnet that are kept free", { type: "map" }),
    textFlag("config-from", "The network from which to copy the configuration"),
    switchFlag("config-only", "Create a configuration only network"),
    textFlag("driver", "Driver to manage the Network", { short: "d", absent: "bridge" }),
    stringsFlag("gateway", "IPv4 or IPv6 gateway for the subnet"),
    switchFlag("ingress", "Create swarm routing-mesh network"),
    switchFlag("internal", "Restrict external access to the network"),
    stringsFlag("ip-range", "Allocate container ip from a sub-range"),
    textFlag("ipam-driver", "IP Address Management Driver", { absent: "default" }),
    listFlag("ipam-opt", "Set IPAM driver specific options", { type: "map" }),
    switchFlag("ipv4", "Enable or disable IPv4 address assignment", { isOn: true, needs: { api: 48 } }),
    switchFlag("ipv6", "Enable or disable IPv6 address assignment"),
    listFlag("label", "Set metadata on a network"),
    listFlag("opt", "Set driver specific options", { short: "o", type: "map" }),
    textFlag("scope", "Control the network's scope"),
    stringsFlag("subnet", "Subnet in CIDR format that represents a network segment"),
  ],
  async run({ engine, io }, { flags, args }) {
    const configs = ipamConfigs({
      subnets: flags.list("subnet"), ranges: flags.list("ip-range"), gateways: flags.list("gateway"), auxiliary: flags.list("aux-address"),
    });
    const from = flags.text("config-from");
    const { Id, Warning } = await engine.call("networkCreate", {
      body: {
        Name: args[0] ?? "", CheckDuplicate: true, Driver: flags.text("driver"), Scope: flags.text("scope"),
        ...(flags.isGiven("ipv4") ? { EnableIPv4: flags.isOn("ipv4") } : {}),
        ...(flags.isGiven("ipv6") ? { EnableIPv6: flags.isOn("ipv6") } : {}),
        Internal: flags.isOn("internal"), Attachable: flags.isOn("attachable"), Ingress: flags.isOn("ingress"), ConfigOnly: flags.isOn("config-only"),
        ...(from === "" ? {} : { ConfigFrom: { Network: from } }),
        IPAM: { Driver: flags.text("ipam-driver"), Options: map(flags.list("ipam-opt")), Config: configs },
        Options: map(flags.list("opt")), Labels: map(flags.list("label")),
      },
    });
    if (Warning !== "") await io.err.write(`WARNING: ${Warning}\n`);
    await io.out.write(`${Id}\n`);
    return 0;
  },
};

function map(texts: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(texts.map((text) => {
    const equals = text.indexOf("=");
    return equals < 0 ? [text, ""] : [text.slice(0, equals), text.slice(equals + 1)];
  }));
}
