/** A root file system in the making. */
export interface BaseSource {
  /** Name for the image. */
  readonly reference: string;
  /** Instructions of a Dockerfile for its configuration. */
  readonly changes: readonly string[];
  readonly message: string;
  /** The tar archive; it fails, and does not just end, where the making fails. */
  archive(): AsyncIterable<Uint8Array>;
}

export interface BootstrapOptions {
  /** Where Debian's packages come from; absent: mmdebstrap's own choice. */
  readonly mirror?: string;
  /** More packages to install. */
  readonly include: readonly string[];
  /** Takes what is being done, a line each. */
  readonly progress: (line: string) => Promise<void>;
}
