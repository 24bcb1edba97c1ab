import type { Plugin, PluginMetadata } from "../command/index.ts";
import { isObject } from "../config-file/index.ts";

/** The argument on which a plugin says what it is, as JSON. */
const metadataCommand = "docker-cli-plugin-metadata";
const schema = "0.1.0";

interface Candidate {
  readonly name: string;
  readonly paths: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly isBuiltIn: (name: string) => boolean;
}

/** Asks a candidate what it is. */
export function inspectPlugin({ name, paths, environment, isBuiltIn }: Candidate): Plugin {
  const [path = "", ...shadowed] = paths;
  const plugin = { Name: name, Path: path, ...(shadowed.length === 0 ? {} : { ShadowedPaths: shadowed }) };
  if (!/^[a-z][a-z0-9]*$/.test(name)) return { ...plugin, Err: `plugin candidate ${JSON.stringify(name)} did not match "^[a-z][a-z0-9]*$"` };
  if (isBuiltIn(name)) return { ...plugin, Err: `plugin ${JSON.stringify(name)} duplicates builtin command` };
  let answer: string;
  try {
    answer = ask(path, environment);
  } catch (error) {
    return { ...plugin, Err: `failed to fetch metadata: ${error instanceof Error ? error.message : String(error)}` };
  }
  const metadata = parseMetadata(answer);
  if (typeof metadata === "string") return { ...plugin, Err: `invalid metadata: ${metadata}` };
  if (metadata.SchemaVersion !== schema) {
    return { ...metadata, ...plugin, Err: `plugin SchemaVersion ${JSON.stringify(metadata.SchemaVersion ?? "")} is not valid, must be ${schema}` };
  }
  if (metadata.Vendor === undefined || metadata.Vendor === "") return { ...metadata, ...plugin, Err: "plugin metadata does not define a vendor" };
  return { ...metadata, ...plugin };
}

function ask(path: string, environment: Candidate["environment"]): string {
  const { exitCode, signalCode, stdout } = Bun.spawnSync([path, metadataCommand], { env: { ...environment }, stdin: "ignore", stdout: "pipe", stderr: "ignore" });
  if (exitCode !== 0) throw new Error(signalCode === undefined ? `exit status ${exitCode}` : `signal: ${signalCode}`);
  return stdout.toString();
}

/** The metadata, or why it is none. */
function parseMetadata(answer: string): PluginMetadata | string {
  let parsed: unknown;
  try {
    parsed = JSON.parse(answer);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  if (!isObject(parsed)) return "not a JSON object";
  const text = (name: keyof PluginMetadata): Partial<PluginMetadata> => {
    const value = parsed[name];
    return typeof value === "string" ? { [name]: value } : {};
  };
  return { ...text("SchemaVersion"), ...text("Vendor"), ...text("Version"), ...text("ShortDescription"), ...text("URL") };
}
