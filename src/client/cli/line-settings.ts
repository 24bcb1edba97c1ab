import type { ClientSettings, FlagValues } from "./command/index.ts";
import type { CommandLine } from "./command-line.ts";
import { configFolder, readConfigFile } from "./config-file/index.ts";
import { chooseContext, chooseDefaultHost, type HostSources } from "./host/index.ts";
import { isBuiltIn } from "./tree.ts";

/** What a command line's environment and global flags say. */
export interface LineSettings {
  readonly settings: ClientSettings;
  readonly sources: () => HostSources;
}

/** Nothing is read before it is asked for. */
export function lineSettings(line: CommandLine, flags: FlagValues): LineSettings {
  const folder = configFolder(line.environment, flags.text("config"));
  let read: Readonly<Record<string, unknown>> | undefined;
  const file = (): Readonly<Record<string, unknown>> => read ??= readConfigFile(folder);
  const sources = (): HostSources => hostSources(line, flags, { folder, file: file() });
  const settings: ClientSettings = {
    environment: line.environment, folder, file, isDebugging: flags.isOn("debug"),
    context: () => chooseContext(sources()),
    defaultHost: () => chooseDefaultHost(sources()),
    plugins: async () => (await import("./plugin/index.ts")).listPlugins(settings, isBuiltIn),
  };
  return { settings, sources };
}

function hostSources({ environment }: CommandLine, flags: FlagValues, config: { readonly folder: string; readonly file: Readonly<Record<string, unknown>> }): HostSources {
  const configured = config.file["currentContext"];
  return {
    environment,
    configFolder: config.folder,
    currentContext: typeof configured === "string" ? configured : "",
    flags: {
      hosts: flags.list("host"), context: flags.text("context"), tls: flags.isOn("tls"),
      tlsVerify: flags.isGiven("tlsverify") ? flags.isOn("tlsverify") : undefined,
      ca: flags.text("tlscacert"), cert: flags.text("tlscert"), key: flags.text("tlskey"),
    },
  };
}
