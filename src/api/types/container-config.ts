/**
 * The part of a container's configuration that travels with an image (Engine API v1.50, "ContainerConfig").
 * Lists and maps are null where the caller gave none, as in docker's own replies.
 */
export interface ContainerConfig {
  readonly Hostname: string;
  readonly Domainname: string;
  readonly User: string;
  readonly AttachStdin: boolean;
  readonly AttachStdout: boolean;
  readonly AttachStderr: boolean;
  /** Keys are "port/protocol", also "port-port/protocol". */
  readonly ExposedPorts?: Readonly<Record<string, EmptyObject>>;
  readonly Tty: boolean;
  readonly OpenStdin: boolean;
  readonly StdinOnce: boolean;
  /** "NAME=value"; "NAME" alone takes the variable away. */
  readonly Env: readonly string[] | null;
  readonly Cmd: readonly string[] | null;
  readonly Healthcheck?: HealthConfig;
  readonly ArgsEscaped?: boolean;
  readonly Image: string;
  readonly Volumes: Readonly<Record<string, EmptyObject>> | null;
  readonly WorkingDir: string;
  /** Null: the image's; an empty list or [""]: none. */
  readonly Entrypoint: readonly string[] | null;
  readonly NetworkDisabled?: boolean;
  readonly MacAddress?: string;
  readonly OnBuild: readonly string[] | null;
  readonly Labels: Readonly<Record<string, string>> | null;
  readonly StopSignal?: string;
  /** Seconds; -1: wait for ever. */
  readonly StopTimeout?: number;
  readonly Shell?: readonly string[];
}

export type EmptyObject = Readonly<Record<string, never>>;

/** Durations are nanoseconds; 0: inherit. */
export interface HealthConfig {
  /** ["NONE"], ["CMD", …], ["CMD-SHELL", command]; empty: inherit. */
  readonly Test?: readonly string[];
  readonly Interval?: number;
  readonly Timeout?: number;
  readonly StartPeriod?: number;
  readonly StartInterval?: number;
  readonly Retries?: number;
}
