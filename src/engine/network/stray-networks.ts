import { join } from "node:path";
import { removeNetworkNamespace } from "../../host/netns/index.ts";
import type { Finding } from "../check/index.ts";
import { strayLinks, type Recovery } from "./recovery.ts";

/** What bears the engine's names in the kernel or in its folder and belongs to no sandbox. */
export function strayNetworks(parts: Pick<Recovery, "folder" | "records" | "socket" | "remover" | "networks" | "sandboxes">): readonly Finding[] {
  const { folder, records, remover, sandboxes } = parts;
  const owns = (id: string): boolean => sandboxes.all().some(({ sandbox }) => sandbox.containerId === id);
  const { namespaces, records: written } = records.list();
  const reason = "no running container has it";
  return [
    ...[...namespaces].filter((id) => !owns(id)).map((id): Finding => ({
      subject: "network namespace", name: id, reason, repair: () => { if (!owns(id)) removeNetworkNamespace(join(folder, id)); },
    })),
    ...[...written].filter((id) => !owns(id)).map((id): Finding => ({
      subject: "network record", name: id, reason, repair: () => { if (!owns(id)) records.remove(id); },
    })),
    ...strayLinks(parts).map((name): Finding => ({
      subject: "link", name, reason: "it is a port of one of the engine's bridges, and no running container has it",
      repair: async () => {
        if (!strayLinks(parts).includes(name)) return;
        remover.remove([name]);
        await remover.settled();
      },
    })),
  ];
}
