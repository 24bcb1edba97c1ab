/** Body of every reply with a status of 400 and above. */
export interface ErrorBody {
  readonly message: string;
  /** What the reader can do next; docker's engine never gives one. */
  readonly hint?: string;
}
