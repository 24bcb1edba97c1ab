import type { ContainerAttachOptions } from "../../api/types/index.ts";
import { EngineError, isEngineError } from "../../base/index.ts";
import { AttachSocket } from "../../host/conmon/index.ts";
import { isSystemError } from "../../host/libc/index.ts";
import type { Poller } from "../../host/poll/index.ts";
import type { Attachment, AttachStreams, LogOutput } from "../server/index.ts";
import type { WaitingClient } from "./container.ts";
import { DetachFilter } from "./detach-keys.ts";

export interface AttachedProgram {
  readonly poller: Poller;
  readonly tty: boolean;
  /** Whether the program reads what a client types. */
  readonly readsInput: boolean;
  /** The end of the client's input is the end of the program's; else the client just goes. */
  readonly endsInput: boolean;
  readonly detachKeys: Uint8Array;
  readonly options: Pick<ContainerAttachOptions, "stream" | "stdin" | "stdout" | "stderr">;
  /** What was written before, to be replayed first. */
  readonly past?: LogOutput;
  /** An exec's conmon takes no client before it is told to run. */
  readonly isExec: boolean;
  readonly onDetach: () => void;
  readonly onClose: (client: AttachedClient) => void;
}

/**
 * One client of a program. Each has a socket of its own: conmon waits for a client that does not read, and so does the
 * program, so nothing piles up in the engine.
 */
export class AttachedClient implements Attachment, WaitingClient {
  readonly tty: boolean;
  readonly #program: AttachedProgram;
  readonly #connected = Promise.withResolvers<AttachSocket | undefined>();
  #socket: AttachSocket | undefined;
  #isClosed = false;
  #sawEnd = false;

  constructor(program: AttachedProgram) {
    this.tty = program.tty;
    this.#program = program;
  }

  /** The program's output has come to its end. */
  get sawEnd(): boolean {
    return this.#sawEnd;
  }

  async connect(socketPath: string): Promise<void> {
    try {
      const { isExec, poller } = this.#program;
      const socket = await (isExec ? AttachSocket.connectInTurn(socketPath, poller) : AttachSocket.connectTaken(socketPath, poller));
      if (this.#isClosed) socket.close();
      else this.#socket = socket;
    } catch (error) {
      // It has ended meanwhile: there is nothing to be attached to.
      if (!isSystemError(error, "ENOENT", "ECONNREFUSED")) throw error;
    } finally {
      this.#connected.resolve(this.#socket);
    }
  }

  giveUp(): void {
    this.#connected.resolve(undefined);
  }

  async run(streams: AttachStreams): Promise<void> {
    const { past, options } = this.#program;
    if (past !== undefined) await past.copyTo(streams.output);
    if (!options.stream) return;
    const socket = await this.#ready(streams.signal);
    if (socket !== undefined) await this.#pump(socket, streams);
  }

  /** Resolves when the program is there; undefined: it never will be, or the client is gone. */
  async #ready(signal: AbortSignal): Promise<AttachSocket | undefined> {
    const gone = (): void => { this.#connected.resolve(undefined); };
    signal.addEventListener("abort", gone, { once: true });
    if (signal.aborted) gone();
    try {
      return await this.#connected.promise;
    } finally {
      signal.removeEventListener("abort", gone);
    }
  }

  async #pump(socket: AttachSocket, streams: AttachStreams): Promise<void> {
    // Ends the other direction's waits when one of them is done for good.
    const over = new AbortController();
    const signal = AbortSignal.any([streams.signal, over.signal]);
    const output = this.#copyOutput(socket, streams, signal);
    const input = this.#copyInput(socket, streams, signal).then((outcome) => {
      if (outcome === "leave") over.abort(new EngineError("cancelled", "the client has detached"));
    });
    input.catch((error: unknown) => { over.abort(error); });
    try {
      await output;
    } catch (error) {
      if (!isEngineError(error, "cancelled")) throw error;
    } finally {
      over.abort(new EngineError("cancelled", "the program has ended"));
    }
  }

  async #copyOutput(socket: AttachSocket, { output }: AttachStreams, signal: AbortSignal): Promise<void> {
    const { options } = this.#program;
    for (let piece = await socket.read(signal); piece !== undefined; piece = await socket.read(signal)) {
      if (options[piece.stream]) await output.write(piece.stream, piece.bytes);
    }
    this.#sawEnd = true;
  }

  /** @returns "leave" when the client is done, "stay" when only its input is */
  async #copyInput(socket: AttachSocket, { stdin }: AttachStreams, signal: AbortSignal): Promise<"leave" | "stay"> {
    const { options, readsInput, endsInput, detachKeys, onDetach, tty } = this.#program;
    if (stdin === null || !options.stdin || !readsInput) return "stay";
    const filter = new DetachFilter(detachKeys);
    for await (const chunk of stdin) {
      const { bytes, isDetached } = filter.take(chunk);
      if (bytes.length > 0 && !await writeUnlessOver(socket, bytes, signal)) return "stay";
      if (!isDetached) continue;
      onDetach();
      return "leave";
    }
    if (signal.aborted) return "stay";
    await writeUnlessOver(socket, filter.rest(), signal);
    if (!endsInput || tty) return "leave";
    socket.endInput();
    return "stay";
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    this.#connected.resolve(undefined);
    this.#socket?.close();
    this.#program.onClose(this);
    await this.#program.past?.[Symbol.asyncDispose]();
  }
}

async function writeUnlessOver(socket: AttachSocket, bytes: Uint8Array, signal: AbortSignal): Promise<boolean> {
  try {
    return await socket.write(bytes, signal);
  } catch (error) {
    if (signal.aborted) return false;
    throw error;
  }
}
