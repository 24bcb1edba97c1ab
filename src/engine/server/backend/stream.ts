/** Which of a program's outputs bytes came from; a terminal's are all of "stdout". */
export type OutputStream = "stdout" | "stderr";

/** Where output of a container goes: the client's connection, framed or raw as it asked. */
export interface OutputSink {
  /**
   * Resolves when more may be written, so a slow client slows its producer down. The bytes may be reused by the caller
   * after that.
   * @throws EngineError `cancelled` when the client is gone.
   */
  write(stream: OutputStream, bytes: Uint8Array): Promise<void>;
}

/** Both directions of an attached client. */
export interface AttachStreams {
  /** Ends when the client closes its half, or goes; null where stdin was not asked for. Stop reading to slow the client down. */
  readonly stdin: AsyncIterable<Uint8Array> | null;
  readonly output: OutputSink;
  /** Aborted when the client is gone altogether. */
  readonly signal: AbortSignal;
}

/**
 * An attachment that is registered but not yet connected: nothing that the program writes from now on is missed. The
 * server answers the client's headers in between.
 */
export interface Attachment extends AsyncDisposable {
  /** With a terminal the stream is raw, else in frames. */
  readonly tty: boolean;
  /**
   * Connects, and for an exec starts the program. Resolves after the last byte was taken by `output` when the program
   * has ended, the client has typed the detach keys, or `streams.signal` was aborted. Called once at most.
   * @throws EngineError what kept the program from starting; the server writes the message to the client.
   */
  run(streams: AttachStreams): Promise<void>;
}

/** Output that is there already, or comes while followed. */
export interface LogOutput extends AsyncDisposable {
  readonly tty: boolean;
  /** Resolves at the end of the log, or when the request's signal was aborted. Called once at most. */
  copyTo(output: OutputSink): Promise<void>;
}
