/** Lets one piece of work at a time run for each name; work on other names goes on beside it. */
export class NameLock {
  readonly #last = new Map<string, Promise<unknown>>();

  /** Runs after everything that was asked for earlier under the name, whether or not that succeeded. */
  async run<T>(name: string, work: () => Promise<T> | T): Promise<T> {
    const before = this.#last.get(name) ?? Promise.resolve();
    const result = before.then(work, work);
    const settled = result.then(() => undefined, () => undefined);
    this.#last.set(name, settled);
    try {
      return await result;
    } finally {
      if (this.#last.get(name) === settled) this.#last.delete(name);
    }
  }
}
