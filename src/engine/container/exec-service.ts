import { randomBytes } from "node:crypto";
import type { ExecCreateBody, ExecInspect, TerminalSize } from "../../api/types/index.ts";
import { EngineError, isEngineError, parseUserString } from "../../base/index.ts";
import { resizeTerminal } from "../../host/conmon/index.ts";
import type { Attachment, AttachStreams, ExecBackend, ExecStartOptions } from "../server/index.ts";
import { AttachedClient } from "./attach.ts";
import { emitContainerEvent } from "./container-event.ts";
import type { Container } from "./container.ts";
import { parseDetachKeys } from "./detach-keys.ts";
import { Exec } from "./exec.ts";
import { launchExec } from "./exec-launch.ts";
import { failureCode } from "./launch.ts";
import type { ContainerParts } from "./parts.ts";
import type { ContainerRegistry } from "./registry.ts";

/** Milliseconds. */
const rememberedFor = 5 * 60_000;

/** Commands in running containers. */
export class ExecService implements ExecBackend {
  readonly #parts: ContainerParts;
  readonly #registry: ContainerRegistry;
  readonly #execs = new Map<string, Exec>();

  constructor(parts: ContainerParts, registry: ContainerRegistry) {
    this.#parts = parts;
    this.#registry = registry;
  }

  create(ref: string, body: ExecCreateBody): Promise<string> {
    return Promise.try(() => {
      const container = this.#registry.find(ref);
      requireRunning(container, { what: "exec", ref });
      this.#forgetOld();
      parseDetachKeys(body.DetachKeys);
      if (body.User !== "") parseUserString(body.User);
      if (body.WorkingDir !== "" && !body.WorkingDir.startsWith("/")) {
        throw new EngineError("invalid-argument", `the working directory '${body.WorkingDir}' is invalid, it needs to be an absolute path`);
      }
      // Its start follows at once; nothing waits for it.
      void this.#parts.quickener.quicken();
      const exec = new Exec(randomBytes(32).toString("hex"), container, body);
      this.#execs.set(exec.id, exec);
      container.execs.add(exec.id);
      // With the container its commands are forgotten.
      const stopListening = container.onChange((change) => {
        if (change === "exit" && exec.status !== "created") return;
        stopListening();
        this.#forget(exec);
      });
      this.#emit(exec, `exec_create: ${exec.command}`);
      return exec.id;
    });
  }

  /** Those that have ended can be asked about for some minutes, as with docker. */
  #forgetOld(): void {
    const latest = performance.now() - rememberedFor;
    for (const exec of this.#execs.values()) {
      if (exec.endedAt === undefined || exec.endedAt > latest) continue;
      this.#forget(exec);
    }
  }

  #forget(exec: Exec): void {
    this.#execs.delete(exec.id);
    exec.container.execs.delete(exec.id);
  }

  inspect(id: string): Promise<ExecInspect> {
    return Promise.try(() => this.#find(id).describe());
  }

  async start(id: string, options: ExecStartOptions): Promise<void> {
    const exec = this.#claim(id);
    await this.#launch(exec, options, () => Promise.resolve());
  }

  attach(id: string, options: ExecStartOptions): Promise<Attachment> {
    return Promise.try(() => {
      const exec = this.#claim(id);
      const { body, container } = exec;
      const client = new AttachedClient({
        poller: this.#parts.poller,
        tty: body.Tty,
        readsInput: body.AttachStdin,
        isExec: true,
        endsInput: true,
        detachKeys: parseDetachKeys(body.DetachKeys),
        options: { stream: true, stdin: body.AttachStdin, stdout: body.AttachStdout, stderr: body.AttachStderr },
        onDetach: () => { emitContainerEvent(this.#parts.events, container, { action: "exec_detach", attributes: { execID: exec.id } }); },
        onClose: () => {
          // The client went before its command ran.
          if (exec.status === "starting") exec.status = "created";
        },
      });
      return this.#attachment(exec, client, options);
    });
  }

  #attachment(exec: Exec, client: AttachedClient, options: ExecStartOptions): Attachment {
    return {
      tty: client.tty,
      run: async (streams: AttachStreams) => {
        const { ended } = await this.#launch(exec, options, (socket) => client.connect(socket));
        await client.run(streams);
        // The client asks for the exit code next; a detached one does not wait for it.
        if (!streams.signal.aborted && client.sawEnd) await ended;
      },
      [Symbol.asyncDispose]: () => client[Symbol.asyncDispose](),
    };
  }

  async resize(id: string, size: TerminalSize): Promise<void> {
    const exec = this.#find(id);
    if (exec.folder === undefined) throw new EngineError("conflict", `exec ${id} is not running`);
    resizeTerminal(exec.folder, { rows: size.height, columns: size.width });
    await Promise.resolve();
  }

  /** Takes the right to start it; there is only one. */
  #claim(id: string): Exec {
    const exec = this.#find(id);
    if (exec.status === "ended") throw new EngineError("conflict", `exec command ${id} has already run`);
    if (exec.status !== "created") throw new EngineError("conflict", `exec command ${id} is already running`);
    requireRunning(exec.container, { what: "exec", ref: exec.container.id });
    exec.status = "starting";
    return exec;
  }

  /** @returns what resolves when it has ended and inspect shows its exit code */
  async #launch(exec: Exec, options: ExecStartOptions, onReady: (socketPath: string) => Promise<void>): Promise<{ readonly ended: Promise<void> }> {
    let exit: Promise<number>;
    this.#emit(exec, `exec_start: ${exec.command}`);
    try {
      ({ exit } = await launchExec(exec, { parts: this.#parts, options, onReady }));
    } catch (error) {
      exec.end(failureCode(error, 126));
      exec.container.execs.delete(exec.id);
      throw error;
    }
    exec.status = "running";
    const ended = exit.then((exitCode) => {
      exec.end(exitCode);
      exec.container.execs.delete(exec.id);
      emitContainerEvent(this.#parts.events, exec.container, { action: "exec_die", attributes: { execID: exec.id, exitCode: String(exitCode) } });
    });
    ended.catch((error: unknown) => {
      if (!isEngineError(error, "cancelled")) this.#parts.log.error(`cannot take note of the end of a command in container ${exec.container.record.name}`, error);
    });
    return { ended };
  }

  #emit(exec: Exec, action: string): void {
    emitContainerEvent(this.#parts.events, exec.container, { action, attributes: { execID: exec.id } });
  }

  #find(id: string): Exec {
    const exec = this.#execs.get(id);
    if (exec === undefined) throw new EngineError("not-found", `No such exec instance: ${id}`);
    return exec;
  }
}

/** @throws EngineError `conflict`, docker's texts */
export function requireRunning(container: Container, { what, ref }: { readonly what: "exec" | "attach"; readonly ref: string }): void {
  const { id, record: { state } } = container;
  if (state.status === "restarting") throw new EngineError("conflict", `Container ${id} is restarting, wait until the container is running`);
  if (!container.isRunning && what === "exec") throw new EngineError("conflict", `container ${id} is not running`);
  if (state.isPaused) throw new EngineError("conflict", `${what === "exec" ? "Container" : "container"} ${ref} is paused, unpause the container before ${what}`);
}
