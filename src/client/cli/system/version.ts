import { formatApiVersion, newestApiVersion } from "../../../api/operations/index.ts";
import type { SystemVersion } from "../../../api/types/index.ts";
import { documentFormatFlag, type Command, type CommandContext } from "../command/index.ts";
import { errorText, writeTemplated } from "../output/index.ts";
import { productVersion } from "../product-version/index.ts";

export const versionCommand: Command = {
  usage: "[OPTIONS]",
  arity: { least: 0, most: 0 },
  flags: [documentFormatFlag],
  async run(context, { flags }) {
    const { engine, io } = context;
    let server: SystemVersion | undefined;
    let problem: unknown;
    try {
      server = await engine.call("systemVersion", {});
    } catch (error) {
      problem = error;
    }
    const format = flags.text("format");
    const client = await clientVersion(context, server !== undefined);
    if (format !== "") {
      await writeTemplated(io, { Client: client, ...(server === undefined ? {} : { Server: server }) }, { format, names: { type: "system.versionInfo", template: "version" } });
    }
    else await io.out.write(clientText(client) + (server === undefined ? "" : `\n${serverText(server)}`));
    if (problem === undefined) return 0;
    await io.err.write(`${errorText(problem)}\n`);
    return 1;
  },
};

interface ClientVersion {
  readonly Version: string;
  readonly ApiVersion: string;
  readonly DefaultAPIVersion: string;
  readonly Runtime: string;
  readonly Os: string;
  readonly Arch: string;
  readonly Context: string;
}

async function clientVersion({ engine, settings }: CommandContext, isConnected: boolean): Promise<ClientVersion> {
  const spoken = isConnected ? await engine.version() : newestApiVersion;
  return {
    Version: productVersion,
    ApiVersion: formatApiVersion(spoken),
    DefaultAPIVersion: formatApiVersion(newestApiVersion),
    Runtime: `Bun ${Bun.version}`,
    Os: process.platform,
    Arch: process.arch === "x64" ? "amd64" : process.arch,
    Context: settings.context(),
  };
}

function clientText(client: ClientVersion): string {
  const isDowngraded = client.ApiVersion !== client.DefaultAPIVersion;
  return rows("Client:", [
    ["Version:", client.Version],
    ["API version:", `${client.ApiVersion}${isDowngraded ? ` (downgraded from ${client.DefaultAPIVersion})` : ""}`],
    ["Runtime:", client.Runtime],
    ["OS/Arch:", `${client.Os}/${client.Arch}`],
    ["Context:", client.Context],
  ], " ");
}

function serverText(server: SystemVersion): string {
  const components = server.Components as SystemVersion["Components"] | undefined ?? [];
  const name = server.Platform.Name;
  let text = name === "" ? "Server:\n" : `Server: ${name}\n`;
  for (const component of components) {
    const details = component.Details ?? {};
    const isEngine = component.Name === "Engine";
    const detail = (key: string, fallback: string): string => details[key] ?? fallback;
    text += rows(` ${component.Name}:`, isEngine
      ? [
        ["Version:", component.Version],
        ["API version:", `${detail("ApiVersion", server.ApiVersion)} (minimum version ${detail("MinAPIVersion", server.MinAPIVersion)})`],
        ["Go version:", detail("GoVersion", server.GoVersion)],
        ["Git commit:", detail("GitCommit", server.GitCommit)],
        ["Built:", detail("BuildTime", server.BuildTime)],
        ["OS/Arch:", `${detail("Os", server.Os)}/${detail("Arch", server.Arch)}`],
        ["Experimental:", detail("Experimental", "false")],
      ]
      : [["Version:", component.Version], ...Object.entries(details).sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, value]) => [`${key}:`, value] as const)], "  ");
  }
  return text;
}

function rows(title: string, lines: readonly (readonly [string, string])[], indent: string): string {
  const width = 20 - indent.length;
  return `${title}\n${lines.map(([key, value]) => `${indent}${key.padEnd(width)}${value}\n`).join("")}`;
}

