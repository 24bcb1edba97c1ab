import { object, oneOf, parseJson, record, string, type Decoder } from "../../api/decode/index.ts";
import type { EventMessage, EventType } from "../../api/types/index.ts";
import { isEngineError } from "../../base/index.ts";

const types = ["builder", "config", "container", "daemon", "image", "network", "node", "plugin", "secret", "service", "volume"] as const satisfies readonly EventType[];

interface StoredEvent {
  readonly type: EventType;
  readonly action: string;
  readonly id: string;
  readonly attributes: Readonly<Record<string, string>>;
}

const type: Decoder<EventType> = (value, path) => oneOf(types)(value, path) ?? "container";
const decode = object<StoredEvent>({ type, action: string, id: string, attributes: record(string) });

/** An event as a line of the journal: its time in front, so that a reader need not understand what it does not want. */
export function formatEventLine({ Type, Action, Actor, timeNano }: EventMessage): string {
  return `${timeNano} ${JSON.stringify({ type: Type, action: Action, id: Actor.ID, attributes: Actor.Attributes } satisfies StoredEvent)}\n`;
}

/** @returns undefined for what is older, and for what is no event: a power cut leaves pieces of lines */
export function parseEventLine(line: string, since: bigint): EventMessage | undefined {
  const space = line.indexOf(" ");
  const time = line.slice(0, space);
  if (!/^\d{1,19}$/.test(time)) return undefined;
  const timeNano = BigInt(time);
  if (timeNano < since) return undefined;
  try {
    return makeEvent({ ...decode(parseJson(line.slice(space + 1)), ""), timeNano });
  } catch (error) {
    if (isEngineError(error)) return undefined;
    throw error;
  }
}

/** An event as clients get it. */
export function makeEvent({ type, action, id, attributes, timeNano }: StoredEvent & { readonly timeNano: bigint }): EventMessage {
  return {
    ...legacyFields(type, action, id, attributes), Type: type, Action: action, Actor: { ID: id, Attributes: attributes }, scope: "local",
    time: Number(timeNano / 1_000_000_000n), timeNano,
  };
}

/** docker repeats these for clients of before 1.22, for containers and images. */
function legacyFields(type: EventType, action: string, id: string, attributes: Readonly<Record<string, string>>): Partial<EventMessage> {
  if (type === "container") return { status: action, id, ...(attributes.image === undefined ? {} : { from: attributes.image }) };
  return type === "image" ? { status: action, id } : {};
}
