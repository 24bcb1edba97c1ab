import type { Given } from "../../../api/operations/index.ts";
import type { EndpointSettings } from "../../../api/types/index.ts";
import { CommandFailure, integerFlag, linkFlag, stringsFlag, textFlag, type Command, type FlagValues } from "../command/index.ts";

export const connectCommand: Command = {
  usage: "[OPTIONS] NETWORK CONTAINER",
  arity: { least: 2, most: 2 },
  flags: [
    stringsFlag("alias", "Add network-scoped alias for the container"),
    stringsFlag("driver-opt", "Driver options for the network"),
    integerFlag("gw-priority", "The network with the highest priority has the container's default gateway; may be negative", { needs: { api: 48 } }),
    textFlag("ip", "IPv4 address (such as 172.30.100.104)"),
    textFlag("ip6", "IPv6 address (such as 2001:db8::33)"),
    linkFlag,
    stringsFlag("link-local-ip", "Add a link-local address for the container"),
  ],
  async run({ engine }, { flags, args }) {
    const [network = "", container = ""] = args;
    await engine.call("networkConnect", { path: { id: network }, body: { Container: container, EndpointConfig: endpointOf(flags) } });
    return 0;
  },
};

function endpointOf(flags: FlagValues): Given<EndpointSettings> {
  const [ipv4, ipv6, linkLocal] = [flags.text("ip"), flags.text("ip6"), flags.list("link-local-ip")];
  return {
    IPAMConfig: {
      ...(ipv4 === "" ? {} : { IPv4Address: ipv4 }), ...(ipv6 === "" ? {} : { IPv6Address: ipv6 }),
      ...(linkLocal.length === 0 ? {} : { LinkLocalIPs: linkLocal }),
    },
    Links: orNull(flags.list("link")),
    Aliases: orNull(flags.list("alias")),
    DriverOpts: driverOptions(flags.list("driver-opt")),
    GwPriority: flags.number("gw-priority"),
  };
}

function driverOptions(texts: readonly string[]): Readonly<Record<string, string>> | null {
  const pairs = texts.map((text) => {
    const equals = text.indexOf("=");
    const name = text.slice(0, Math.max(equals, 0)).trim();
    if (name === "") throw new CommandFailure(1, "invalid key/value pair format in driver options");
    return [name, text.slice(equals + 1).trim()] as const;
  });
  return pairs.length === 0 ? null : Object.fromEntries(pairs);
}

function orNull(list: readonly string[]): readonly string[] | null {
  return list.length === 0 ? null : list;
}
