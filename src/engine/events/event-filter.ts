import type { EventFilter, EventMessage, Filters } from "../../api/types/index.ts";
import { hasLabel } from "../filter/index.ts";

/** Whether an event is wanted: of each filter that is given, one value has to match (Engine API, `GET /events`). */
export function matchesFilters(event: EventMessage, filters: Filters<EventFilter>): boolean {
  for (const [name, values] of filters) {
    if (values.length > 0 && !matchesOne(event, name, values)) return false;
  }
  return true;
}

function matchesOne(event: EventMessage, name: EventFilter, values: readonly string[]): boolean {
  const { Type: type, Action: action, Actor: actor } = event;
  switch (name) {
    case "type": return values.includes(type);
    case "scope": return values.includes(event.scope);
    // "exec_create" means every "exec_create: command".
    case "event": return values.includes(action) || values.includes(action.split(":", 1)[0] ?? action);
    case "label": return values.every((value) => hasLabel(actor.Attributes, value));
    case "image": return isImage(event, values);
    case "container": case "volume": case "network": case "daemon": case "plugin": case "config": case "node": case "secret": case "service": case "builder":
      return type === name && isActor(event, values);
  }
}

function isActor({ Actor: actor }: EventMessage, values: readonly string[]): boolean {
  return values.some((value) => actor.ID === value || actor.Attributes.name === value || (value.length >= 4 && actor.ID.startsWith(value)));
}

/** Events of the image itself, and of containers made from it; with or without a tag. */
function isImage({ Type: type, Actor: actor }: EventMessage, values: readonly string[]): boolean {
  const names = type === "image" ? [actor.ID, actor.Attributes.name] : type === "container" ? [actor.Attributes.image] : [];
  return names.some((name) => name !== undefined && (values.includes(name) || values.includes(withoutTag(name))));
}

function withoutTag(name: string): string {
  const colon = name.lastIndexOf(":");
  return colon > name.lastIndexOf("/") ? name.slice(0, colon) : name;
}
