/** Runs tasks one after another, in the order in which they came. A task that fails does not keep the next from running. */
export class SerialQueue {
  #last: Promise<unknown> = Promise.resolve();
  #length = 0;

  /** Tasks that wait or run. */
  get length(): number {
    return this.#length;
  }

  async run<T>(task: () => Promise<T>): Promise<T> {
    const before = this.#last;
    const { promise, resolve } = Promise.withResolvers<undefined>();
    this.#last = promise;
    this.#length += 1;
    try {
      await before;
      return await task();
    } finally {
      this.#length -= 1;
      resolve(undefined);
    }
  }
}
