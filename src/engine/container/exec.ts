import type { ExecCreateBody, ExecInspect } from "../../api/types/index.ts";
import type { Container } from "./container.ts";

export type ExecStatus = "created" | "starting" | "running" | "ended";

/** A command in a running container. Known while the container lives, and not kept on disk. */
export class Exec {
  readonly id: string;
  readonly container: Container;
  readonly body: ExecCreateBody;
  status: ExecStatus = "created";
  exitCode: number | null = null;
  /** On the clock of performance.now. */
  endedAt: number | undefined;
  pid = 0;
  /** Folder with what conmon made of it, while it runs. */
  folder: string | undefined;

  constructor(id: string, container: Container, body: ExecCreateBody) {
    this.id = id;
    this.container = container;
    this.body = body;
  }

  /** For events and errors: the command as it was written. */
  get command(): string {
    return (this.body.Cmd ?? []).join(" ");
  }

  end(exitCode: number): void {
    this.status = "ended";
    this.exitCode = exitCode;
    this.endedAt = performance.now();
    this.pid = 0;
  }

  describe(): ExecInspect {
    const { body } = this;
    const [entrypoint = "", ...args] = body.Cmd ?? [];
    return {
      ID: this.id,
      Running: this.status === "running",
      ExitCode: this.exitCode,
      ProcessConfig: {
        tty: body.Tty, entrypoint, arguments: args, privileged: body.Privileged,
        ...(body.User === "" ? {} : { user: body.User }),
      },
      OpenStdin: body.AttachStdin,
      OpenStderr: body.AttachStderr,
      OpenStdout: body.AttachStdout,
      CanRemove: false,
      ContainerID: this.container.id,
      DetachKeys: body.DetachKeys === "" ? "" : Buffer.from(body.DetachKeys).toString("base64"),
      Pid: this.pid,
    };
  }
}
