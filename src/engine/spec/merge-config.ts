import type { ContainerConfig, HealthConfig } from "../../api/types/index.ts";

/** A container's configuration: what the user gave, and where nothing was given what the image says. */
export function mergeConfig(user: ContainerConfig, image: ContainerConfig): ContainerConfig {
  const ownEntrypoint = user.Entrypoint !== null && user.Entrypoint.length > 0;
  const command = {
    Entrypoint: ownEntrypoint ? user.Entrypoint : image.Entrypoint,
    Cmd: ownEntrypoint || (user.Cmd !== null && user.Cmd.length > 0) ? user.Cmd : image.Cmd,
  };
  const health = mergeHealth(user.Healthcheck, image.Healthcheck);
  const exposed = { ...image.ExposedPorts, ...user.ExposedPorts };
  return {
    ...user,
    ...command,
    User: user.User === "" ? image.User : user.User,
    WorkingDir: user.WorkingDir === "" ? image.WorkingDir : user.WorkingDir,
    Env: mergeVariables(user.Env ?? [], image.Env ?? []),
    Labels: { ...image.Labels, ...user.Labels },
    Volumes: image.Volumes === null && user.Volumes === null ? null : { ...image.Volumes, ...user.Volumes },
    ...(Object.keys(exposed).length === 0 ? {} : { ExposedPorts: exposed }),
    ...(user.StopSignal !== undefined ? {} : image.StopSignal === undefined ? {} : { StopSignal: image.StopSignal }),
    ...(health === undefined ? {} : { Healthcheck: health }),
    ...(user.Shell === undefined && image.Shell !== undefined ? { Shell: image.Shell } : {}),
  };
}

/** The user's variables first, as docker lists them, then those of the image that the user did not set. */
function mergeVariables(user: readonly string[], image: readonly string[]): readonly string[] {
  const named = new Set(user.map((variable) => variable.split("=", 1)[0]));
  return [...user, ...image.filter((variable) => !named.has(variable.split("=", 1)[0]))];
}

function mergeHealth(user: HealthConfig | undefined, image: HealthConfig | undefined): HealthConfig | undefined {
  if (user === undefined || image === undefined) return user ?? image;
  const test = user.Test !== undefined && user.Test.length > 0 ? user.Test : image.Test;
  const given = Object.fromEntries(Object.entries(user).filter(([, value]) => value !== 0));
  return { ...image, ...given, ...(test === undefined ? {} : { Test: test }) };
}
