/** Body of every reply with a status of 400 and above. */
export interface ErrorBody {
  readonly message: string;
}
