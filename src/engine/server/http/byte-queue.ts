/** Bytes that were received and not yet taken, without copying them. */
export class ByteQueue {
  private chunks: Uint8Array[] = [];
  private size = 0;

  get length(): number {
    return this.size;
  }

  push(chunk: Uint8Array): void {
    if (chunk.length === 0) return;
    this.chunks.push(chunk);
    this.size += chunk.length;
  }

  /** The next bytes that lie together, at most so many; undefined when there are none. */
  take(most: number): Uint8Array | undefined {
    const first = this.chunks[0];
    if (first === undefined) return undefined;
    if (first.length <= most) {
      this.chunks.shift();
      this.size -= first.length;
      return first;
    }
    this.chunks[0] = first.subarray(most);
    this.size -= most;
    return first.subarray(0, most);
  }

  /**
   * The text before `mark`, which is taken as well; undefined while the mark is not there. One character is one byte.
   * @throws RangeError when more than `most` bytes come before the mark.
   */
  takeUntil(mark: string, most: number): string | undefined {
    if (this.chunks.length > 1) this.chunks = [Buffer.concat(this.chunks)];
    const first = this.chunks[0];
    if (first === undefined) return undefined;
    const view = Buffer.from(first.buffer, first.byteOffset, first.byteLength);
    const at = view.indexOf(mark, 0, "latin1");
    if (at > most || (at < 0 && view.length > most)) throw new RangeError(`more than ${most} bytes without an end`);
    if (at < 0) return undefined;
    this.take(at + mark.length);
    return view.toString("latin1", 0, at);
  }

  clear(): void {
    this.chunks = [];
    this.size = 0;
  }
}
