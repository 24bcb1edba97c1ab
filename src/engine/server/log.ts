/** What the server tells of its work; the engine's log takes it. */
export interface ServerLog {
  /** One line for each request, without queries or bodies, which may hold secrets. */
  debug(message: string): void;
  error(message: string, cause: unknown): void;
}
