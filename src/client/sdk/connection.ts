/** A byte stream to the engine, in both directions. */
export interface Connection {
  /** The next bytes; nothing at the end. @throws EngineError `cancelled` or `unavailable`. */
  read(): Promise<Uint8Array | undefined>;
  /** Resolves when more may be written. The bytes may be used again then. */
  write(bytes: Uint8Array): Promise<void>;
  /** Says that no more comes from here; what the engine sends still arrives. */
  endWriting(): void;
  /** Nothing is asked for now, until the next write: an engine that ends the connection meanwhile is not kept waiting for our end. */
  rest(): void;
  close(): void;
}

/** Files in PEM of a connection with TLS. */
export interface TlsSettings {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  /** False: any certificate is taken. */
  readonly verifies: boolean;
}
