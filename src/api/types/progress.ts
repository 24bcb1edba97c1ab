/** One line of the replies of load, import, pull, push and build. */
export interface ProgressMessage {
  readonly stream?: string;
  readonly status?: string;
  readonly progressDetail?: ProgressDetail;
  /** The bar, for people. */
  readonly progress?: string;
  /** What the line is about, such as a layer's short id. */
  readonly id?: string;
  readonly error?: string;
  readonly errorDetail?: { readonly code?: number; readonly message: string };
  /** What a tool wants to know and no person, such as the new image's id. */
  readonly aux?: Readonly<Record<string, unknown>>;
}

export interface ProgressDetail {
  readonly current?: number;
  readonly total?: number;
  readonly start?: number;
  readonly hidecounts?: boolean;
  readonly units?: string;
}
