import type { CompletionSource } from "./source.ts";

/** Words that a flag takes one of. */
const words: Readonly<Record<string, readonly string[]>> = {
  cgroupns: ["host", "private"],
  ipc: ["none", "private", "shareable", "host", "container:"],
  "log-driver": ["json-file", "local", "journald", "syslog", "none"],
  pid: ["host", "container:"],
  pull: ["always", "missing", "never"],
  restart: ["always", "no", "on-failure", "on-unhealthy", "unless-stopped"],
  type: ["container", "image", "network", "volume"],
  uts: ["host"],
  userns: ["host"],
};

const things: Readonly<Record<string, (source: CompletionSource) => Promise<readonly string[]>>> = {
  from: (source) => source.contexts(),
  link: (source) => source.containers(true),
  network: async (source) => [...await source.networks(), "container:", "none"],
  "volumes-from": (source) => source.containers(true),
};

/** What the value of a flag may be; ":files" alone: a path. */
export async function flagValues(name: string, source: CompletionSource): Promise<readonly string[]> {
  return words[name] ?? await things[name]?.(source) ?? [":files"];
}
