import { randomInt } from "node:crypto";
import { isSystemError } from "../../host/libc/index.ts";
import { NetlinkSocket, changeLink, deleteLinkGroup } from "../../host/netlink/index.ts";

/**
 * Deletes links behind everybody's back: the kernel takes some 20 ms over one, and no longer over a hundred at once. A
 * link that was handed over passes no packet any more, so that its address can be given to the next right away.
 */
export class LinkRemover implements Disposable {
  readonly #quick: NetlinkSocket;
  readonly #slow = new NetlinkSocket("route");
  #waiting: string[] = [];
  #working: Promise<void> | undefined;

  constructor(socket: NetlinkSocket) {
    this.#quick = socket;
  }

  /** Cuts links off at once and deletes them later. A link that is gone already is no error. */
  remove(names: readonly string[]): void {
    for (const name of names) {
      tolerateMissing(() => this.#quick.request(changeLink({ index: 0, name }, { cutOff: true })));
      this.#waiting.push(name);
    }
    if (names.length > 0) this.#working ??= this.#work();
  }

  /** Resolves when everything that was handed over is gone. */
  async settled(): Promise<void> {
    await this.#working;
  }

  [Symbol.dispose](): void {
    this.#slow[Symbol.dispose]();
  }

  async #work(): Promise<void> {
    try {
      // What is handed over in the same turn goes together.
      await Promise.resolve();
      while (this.#waiting.length > 0) await this.#deleteTogether(this.#waiting.splice(0));
    } finally {
      this.#working = undefined;
    }
  }

  async #deleteTogether(names: readonly string[]): Promise<void> {
    const group = randomInt(1 << 20, 0x7fff_ffff);
    const marked = await this.#slow.attemptLater(names.map((name) => changeLink({ index: 0, name }, { group })));
    const [refused] = await this.#slow.attemptLater([deleteLinkGroup(group)]);
    const failure = [...marked, refused].find((error) => error !== undefined && error.code !== "ENODEV");
    if (failure !== undefined) throw failure;
  }
}

function tolerateMissing(action: () => void): void {
  try {
    action();
  } catch (error) {
    // A port whose bridge somebody removed, or whose other end is gone, has nothing left to be cut off.
    if (!isSystemError(error, "ENODEV", "ENETDOWN", "EINVAL", "EOPNOTSUPP")) throw error;
  }
}
