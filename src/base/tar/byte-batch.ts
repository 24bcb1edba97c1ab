const enough = 256 * 1024;

/** Gathers small pieces into large ones: what is sent piece by piece costs more than what is in the pieces. */
export class ByteBatch {
  #pieces: Uint8Array[] = [];
  #size = 0;

  add(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    this.#pieces.push(bytes);
    this.#size += bytes.length;
  }

  get isFull(): boolean {
    return this.#size >= enough;
  }

  /** Everything gathered; nothing where nothing was. */
  *take(): Generator<Uint8Array> {
    if (this.#size === 0) return;
    const pieces = this.#pieces;
    this.#pieces = [];
    this.#size = 0;
    yield pieces.length === 1 && pieces[0] !== undefined ? pieces[0] : Buffer.concat(pieces);
  }
}
