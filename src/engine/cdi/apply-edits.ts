import { deviceNode, mergeEnvironment, type DeviceRule, type DeviceSpec, type RuntimeSpec } from "../spec/index.ts";
import type { CdiNode, ContainerEdits } from "./spec-file.ts";

/** The runtime's configuration with what a container's devices change in it. */
export function applyEdits(spec: RuntimeSpec, edits: readonly ContainerEdits[]): RuntimeSpec {
  return edits.reduce(applyOne, spec);
}

function applyOne(spec: RuntimeSpec, { env, deviceNodes, mounts, hooks, additionalGIDs }: ContainerEdits): RuntimeSpec {
  const nodes = deviceNodes.map(resolveNode);
  const { process, linux } = spec;
  const replaced = new Set(nodes.map(({ node: { path } }) => path));
  return {
    ...spec,
    process: {
      ...process,
      env: mergeEnvironment(process.env, env),
      user: { ...process.user, additionalGids: [...new Set([...process.user.additionalGids, ...additionalGIDs])] },
    },
    mounts: [...spec.mounts, ...mounts.map(({ hostPath, containerPath, options, type }) => ({
      destination: containerPath, source: hostPath, type: type === "" ? "bind" : type, options: type === "" && !options.includes("rbind") ? ["bind", ...options] : options,
    }))],
    linux: {
      ...linux,
      devices: [...linux.devices.filter(({ path }) => !replaced.has(path)), ...nodes.map(({ node }) => node)],
      resources: {
        ...linux.resources,
        devices: [...linux.resources.devices, ...nodes.flatMap(({ rule }) => rule)],
      },
    },
    hooks: hooks.reduce((all, { hookName, path, args, env: hookEnvironment, timeout }) => ({
      ...all,
      [hookName]: [...(all[hookName] ?? []), { path, args, env: hookEnvironment, ...(timeout === undefined ? {} : { timeout }) }],
    }), spec.hooks ?? {}),
  };
}

interface ResolvedNode {
  readonly node: DeviceSpec;
  /** A pipe needs none. */
  readonly rule: readonly DeviceRule[];
}

/** What the file does not say is as on the host. */
function resolveNode({ path, hostPath, type, major, minor, fileMode, permissions, uid, gid }: CdiNode): ResolvedNode {
  const isComplete = type !== "" && major !== undefined && minor !== undefined;
  const found = isComplete && hostPath === "" ? undefined : deviceNode(hostPath === "" ? path : hostPath, path);
  const node = {
    path,
    type: type === "b" || type === "p" ? type : (found?.type ?? "c"),
    major: major ?? found?.major ?? 0,
    minor: minor ?? found?.minor ?? 0,
    fileMode: fileMode ?? found?.fileMode ?? 0o666,
    uid: uid ?? found?.uid ?? 0,
    gid: gid ?? found?.gid ?? 0,
  };
  const access = permissions === "" ? "rwm" : permissions;
  return { node, rule: node.type === "p" ? [] : [{ allow: true, type: node.type, major: node.major, minor: node.minor, access }] };
}
