import type { Mount } from "../../../api/types/index.ts";
import { encodeMember, tarEnd, tarPadding } from "../../../base/tar/index.ts";
import type { CommandContext, FlagValues } from "../command/index.ts";
import { isObject } from "../config-file/index.ts";

/** Where clients in a container look for an engine. */
const target = "/var/run/docker.sock";
const configFolder = "run/secrets/docker";

/** The mount that `--use-api-socket` asks for: the socket of the engine that this line talks to, as seen on its machine. */
export function apiSocketMounts({ engine }: CommandContext, flags: FlagValues): Pick<Mount, "Type" | "Source" | "Target">[] {
  if (!flags.isOn("use-api-socket")) return [];
  return [{ Type: "bind", Source: /^unix:\/\/(.+)$/.exec(engine.host)?.[1] ?? target, Target: target }];
}

/** The variable by which clients in the container find the credentials; none where there are none, or the user sets it. */
export function apiSocketVariables(context: CommandContext, flags: FlagValues): string[] {
  const isSet = flags.list("env").some((value) => value === "DOCKER_CONFIG" || value.startsWith("DOCKER_CONFIG="));
  return credentials(context, flags) === undefined || isSet ? [] : [`DOCKER_CONFIG=/${configFolder}`];
}

/** Puts the user's credentials for registries into a container that got the socket. */
export async function copyCredentials(context: CommandContext, flags: FlagValues, id: string): Promise<void> {
  const auths = credentials(context, flags);
  if (auths === undefined) return;
  const config = Buffer.from(JSON.stringify({ auths }));
  const folders = configFolder.split("/").map((_, depth, names) => names.slice(0, depth + 1).join("/"));
  const archive = Buffer.concat([
    ...folders.map((name) => encodeMember({ name, type: "directory", mode: 0o755, size: 0 })),
    encodeMember({ name: `${configFolder}/config.json`, type: "file", mode: 0o600, size: config.length }), config, tarPadding(config.length), tarEnd(),
  ]);
  await context.engine.call("putContainerArchive", { path: { id }, query: { path: "/" }, body: one(archive) });
}

function credentials({ settings }: CommandContext, flags: FlagValues): Readonly<Record<string, unknown>> | undefined {
  const { auths } = settings.file();
  return flags.isOn("use-api-socket") && isObject(auths) && Object.keys(auths).length > 0 ? auths : undefined;
}

async function* one(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(bytes);
}
