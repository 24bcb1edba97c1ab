import type { EventBus } from "../events/index.ts";
import type { Container } from "./container.ts";

/** docker's attributes of a container's events: labels, image and name, and what the event itself has to say. */
export function emitContainerEvent(events: EventBus, container: Container, event: { readonly action: string; readonly attributes?: Readonly<Record<string, string>> }): void {
  const { id, name, config } = container.record;
  events.emit({
    type: "container", id, action: event.action,
    attributes: { ...config.Labels, image: config.Image, name, ...event.attributes },
  });
}
