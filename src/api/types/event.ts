export type EventType =
  | "builder" | "config" | "container" | "daemon" | "image" | "network" | "node" | "plugin" | "secret" | "service" | "volume";

/** One line of `GET /events` (Engine API v1.50, "EventMessage"). */
export interface EventMessage {
  /** These three repeat Actor.ID, Action and the image's name for clients of before 1.22. */
  readonly status?: string;
  readonly id?: string;
  readonly from?: string;
  readonly Type: EventType;
  /** "start", "die", "exec_create: sh", … */
  readonly Action: string;
  readonly Actor: { readonly ID: string; readonly Attributes: Readonly<Record<string, string>> };
  readonly scope: "local" | "swarm";
  /** Seconds since the epoch. */
  readonly time: number;
  /** Nanoseconds since the epoch; too large for an exact number in JavaScript. */
  readonly timeNano: bigint;
}
