import type { ContainerUpdateBody, ContainerUpdateReply } from "../../api/types/index.ts";
import { EngineError, isEngineError } from "../../base/index.ts";
import { Cgroup } from "../../host/cgroup/index.ts";
import { changesSpec, dropUnfulfillable, hostCautions, mergeResources, validateResources } from "../spec/index.ts";
import { emitContainerEvent } from "./container-event.ts";
import type { Container } from "./container.ts";
import { cgroupPathOf, runtimeOf } from "./launch.ts";
import { modeOf, portsOf } from "./network-request.ts";
import type { ContainerParts } from "./parts.ts";
import { changedPorts } from "./published-ports.ts";
import type { ContainerRecord } from "./record.ts";
import type { ContainerRegistry } from "./registry.ts";
import { requireHealthCheck, validateRestartPolicy } from "./restart-policy.ts";

export interface Updating {
  readonly parts: ContainerParts;
  readonly registry: ContainerRegistry;
}

/**
 * Changes limits, restart policy, labels and published ports of a container; of one that runs in the kernel first, so that the record
 * never tells of a limit that the kernel refused.
 * @throws EngineError with docker's texts
 */
export async function updateContainer(ref: string, body: ContainerUpdateBody, { parts, registry }: Updating): Promise<ContainerUpdateReply> {
  const { limits } = parts.host;
  validateRestartPolicy({ RestartPolicy: body.RestartPolicy, AutoRemove: false });
  validateResources(body, limits, "change");
  if (Object.keys(body.AddLabels ?? {}).includes("")) throw new EngineError("invalid-argument", "invalid label: its name is empty");
  const container = registry.find(ref);
  requireHealthCheck(body.RestartPolicy, container.record.config);
  const { kept: change, warnings } = dropUnfulfillable(body, limits);
  await container.queue.run(async () => {
    try {
      if (container.isRemoving) throw new EngineError("conflict", 'container is marked for removal and cannot be "update"');
      const changes = changed(container.record, change, parts);
      await using undo = new AsyncDisposableStack();
      if (change.AddPorts !== null || change.RemovePorts !== null) await republish(container, changes, { parts, undo });
      await applyLimits(container, change, parts);
      registry.save(container, changes);
      undo.move();
    } catch (error) {
      throw isEngineError(error) ? new EngineError(error.kind, `Cannot update container ${container.id}: ${error.message}`, { cause: error }) : error;
    }
    emitContainerEvent(parts.events, container, { action: "update" });
  });
  return { Warnings: [...warnings, ...hostCautions({ ...container.record.hostConfig, PortBindings: null }, limits)] };
}

type Changes = Pick<ContainerRecord, "config" | "hostConfig">;

/** The ports of one that runs lead to it from now on; of one that does not, with its next start. */
async function republish({ id, record, isRunning }: Container, changes: Changes, { parts, undo }: { readonly parts: ContainerParts; readonly undo: AsyncDisposableStack }): Promise<void> {
  if (modeOf(record).kind !== "network") {
    throw new EngineError("invalid-argument", "ports are published for containers that have a network of their own, not that of the host or of another container");
  }
  const wishes = portsOf({ ...record, ...changes });
  if (!isRunning) return;
  await parts.networks.republish(id, wishes);
  undo.defer(() => parts.networks.republish(id, portsOf(record)).then(() => undefined));
}

function changed({ id, config, hostConfig }: ContainerRecord, change: ContainerUpdateBody, parts: ContainerParts): Changes {
  const { RestartPolicy: policy, AddLabels: added, RemoveLabels: removed } = change;
  if (hostConfig.AutoRemove && policy.Name !== "" && policy.Name !== "no") {
    throw new EngineError("conflict", "Restart policy cannot be updated because AutoRemove is enabled for the container");
  }
  const kept = Object.entries(config.Labels ?? {}).filter(([name]) => !(removed ?? []).includes(name));
  const state = { ...hostConfig, exposed: Object.keys(config.ExposedPorts ?? {}), bound: parts.networks.sandbox(id)?.ports ?? [] };
  const ports = change.AddPorts === null && change.RemovePorts === null ? {} : changedPorts(state, { add: change.AddPorts, remove: change.RemovePorts });
  return {
    config: { ...config, Labels: { ...Object.fromEntries(kept), ...added } },
    hostConfig: { ...hostConfig, ...mergeResources(hostConfig, change), ...ports, ...(policy.Name === "" ? {} : { RestartPolicy: policy }) },
  };
}

/** What does not run gets its limits with its next start. */
async function applyLimits({ record, isRunning }: Container, change: ContainerUpdateBody, parts: ContainerParts): Promise<void> {
  if (!isRunning) return;
  const spec = changesSpec(change, parts.host.limits);
  if (Object.keys(spec).length > 0) await runtimeOf(record, parts).update(record.id, spec);
  // crun has no word for it: it writes the number -1, which the kernel refuses.
  if (change.PidsLimit !== null && change.PidsLimit <= 0) new Cgroup(parts.cgroups, cgroupPathOf(record, parts)).write("pids", "pids.max", "max");
}
