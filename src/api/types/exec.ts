/** Body of `POST /containers/{id}/exec`, every field there. */
export interface ExecCreateBody {
  readonly User: string;
  readonly Privileged: boolean;
  readonly Tty: boolean;
  /** Height and width, in characters. */
  readonly ConsoleSize?: readonly [number, number];
  readonly AttachStdin: boolean;
  readonly AttachStderr: boolean;
  readonly AttachStdout: boolean;
  readonly DetachKeys: string;
  readonly Env: readonly string[] | null;
  readonly WorkingDir: string;
  readonly Cmd: readonly string[] | null;
}

export interface ExecCreateReply {
  readonly Id: string;
}

/** Body of `POST /exec/{id}/start`. */
export interface ExecStartBody {
  readonly Detach: boolean;
  readonly Tty: boolean;
  readonly ConsoleSize?: readonly [number, number];
}

/** Reply of `GET /exec/{id}/json`. */
export interface ExecInspect {
  readonly ID: string;
  readonly Running: boolean;
  /** Null until it has ended. */
  readonly ExitCode: number | null;
  readonly ProcessConfig: ExecProcessConfig;
  readonly OpenStdin: boolean;
  readonly OpenStderr: boolean;
  readonly OpenStdout: boolean;
  readonly CanRemove: boolean;
  readonly ContainerID: string;
  /** Bytes, base64; empty: the engine's default keys. */
  readonly DetachKeys: string;
  readonly Pid: number;
}

export interface ExecProcessConfig {
  readonly tty: boolean;
  readonly entrypoint: string;
  readonly arguments: readonly string[];
  readonly privileged?: boolean;
  readonly user?: string;
}
