export { arityProblem } from "./arity.ts";
export { CommandFailure, OutputClosed } from "./command.ts";
export type {
  Arity, ClientSettings, Command, CommandContext, CommandInput, InputStream, OutputStream, Plugin, PluginMetadata, Stdio,
} from "./command.ts";
export { parseCsv } from "./csv.ts";
export { bytesFlag, durationFlag, integerFlag, listFlag, stringsFlag, switchFlag, textFlag } from "./flag.ts";
export type { Flag, FlagNeeds, FlagOptions, FlagValue } from "./flag.ts";
export { dependsOnEngine, replacedFlags, unsupported } from "./flag-support.ts";
export { FlagValues } from "./flag-values.ts";
export { formatHelp } from "./help.ts";
export type { CommandGroup, HelpLayout, HelpPage } from "./help.ts";
export { detachKeysFlag, documentFormatFlag, filterFlag, filtersOf, linkFlag, listFormatFlag, platformFlag, platformOf, wantedPlatform } from "./standard-flags.ts";
export { splitReference } from "./reference.ts";
export { parseFlags } from "./parse-flags.ts";
export type { ParsedLine, ParseOptions } from "./parse-flags.ts";
