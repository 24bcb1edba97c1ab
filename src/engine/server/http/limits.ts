/** Bounds of what one client can make the server hold; times are milliseconds. */
export interface HttpLimits {
  /** Request line and headers, bytes. */
  readonly head: number;
  /** From the first byte of a request to the end of its headers. */
  readonly headTime: number;
  /** Bytes received and not yet asked for by a handler; beyond it the socket is not read. */
  readonly unread: number;
  /** How long the rest of a body, or of a closed stream's input, is read and thrown away so that the client gets the reply. */
  readonly lingerTime: number;
}

export const defaultLimits: HttpLimits = { head: 128 * 1024, headTime: 30_000, unread: 256 * 1024, lingerTime: 10_000 };
