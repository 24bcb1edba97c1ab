import type { ContainerTopReply } from "../../api/types/index.ts";
import { EngineError } from "../../base/index.ts";
import { Cgroup } from "../../host/cgroup/index.ts";
import { listProcesses } from "../../host/process/index.ts";
import { emitContainerEvent } from "./container-event.ts";
import type { Container } from "./container.ts";
import { cgroupPathOf } from "./launch.ts";
import type { ContainerParts } from "./parts.ts";

/**
 * The processes of a container, as the machine's ps shows them with the caller's options: their pids are the machine's.
 * @throws EngineError `conflict` when it does not run; `internal` with what ps has to say, as docker has it
 */
export async function listContainerProcesses(container: Container, psArguments: string, parts: ContainerParts): Promise<ContainerTopReply> {
  const options = psArguments === "" ? "-ef" : psArguments;
  refuseFalseHeading(options);
  const { id, record } = container;
  if (record.state.status === "restarting") throw new EngineError("conflict", `Container ${id} is restarting, wait until the container is running`);
  if (!container.isRunning) throw new EngineError("conflict", `container ${id} is not running`);
  const pids = new Cgroup(parts.cgroups, cgroupPathOf(record, parts)).processes();
  const { titles, processes } = await listProcesses(options.split(" "), pids);
  emitContainerEvent(parts.events, container, { action: "top" });
  return { Titles: titles, Processes: processes };
}

/** Another column with the heading PID would decide which processes of the machine are shown. */
function refuseFalseHeading(options: string): void {
  for (const [, word = "", heading = ""] of options.matchAll(/(?:^|\s)(\S*)=\s*(PID\S*)/g)) {
    const column = word.replace(/^-?o/, "");
    if (column !== "pid") throw new EngineError("internal", `specifying "${column}=${heading}" is not allowed`);
  }
}
