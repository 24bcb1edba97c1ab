/** A request that is not HTTP as it is spoken here: it is answered with this status and the connection is closed. */
export class HttpRefusal extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}
