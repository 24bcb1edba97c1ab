import type {
  ContainerFilter, ContainerPruneFilter, EventFilter, Filters, ImageFilter, ImagePruneFilter, NetworkFilter, NetworkPruneFilter,
  VolumeFilter, VolumePruneFilter,
} from "../types/index.ts";
import { anyValue, filters, integerValue, switchValue, wordValue } from "./filters.ts";
import type { Parameter } from "./parameter.ts";

export const containerFilters: Parameter<Filters<ContainerFilter>> = filters<ContainerFilter>({
  ancestor: anyValue,
  before: anyValue,
  expose: anyValue,
  exited: integerValue,
  health: wordValue(["starting", "healthy", "unhealthy", "none"]),
  id: anyValue,
  "is-task": switchValue,
  isolation: wordValue(["default", "process", "hyperv"]),
  label: anyValue,
  name: anyValue,
  network: anyValue,
  publish: anyValue,
  since: anyValue,
  status: wordValue(["created", "running", "paused", "restarting", "removing", "exited", "dead"]),
  volume: anyValue,
});

export const imageFilters: Parameter<Filters<ImageFilter>> = filters<ImageFilter>({
  before: anyValue, dangling: switchValue, label: anyValue, reference: anyValue, since: anyValue, until: anyValue,
});

export const volumeFilters: Parameter<Filters<VolumeFilter>> = filters<VolumeFilter>({
  dangling: switchValue, driver: anyValue, label: anyValue, name: anyValue,
});

export const networkFilters: Parameter<Filters<NetworkFilter>> = filters<NetworkFilter>({
  dangling: switchValue,
  driver: anyValue,
  id: anyValue,
  label: anyValue,
  name: anyValue,
  scope: wordValue(["local", "global", "swarm"]),
  type: wordValue(["builtin", "custom"]),
});

export const eventFilters: Parameter<Filters<EventFilter>> = filters<EventFilter>({
  builder: anyValue,
  config: anyValue,
  container: anyValue,
  daemon: anyValue,
  event: anyValue,
  image: anyValue,
  label: anyValue,
  network: anyValue,
  node: anyValue,
  plugin: anyValue,
  scope: anyValue,
  secret: anyValue,
  service: anyValue,
  type: anyValue,
  volume: anyValue,
});

export const containerPruneFilters: Parameter<Filters<ContainerPruneFilter>> = filters<ContainerPruneFilter>({
  label: anyValue, "label!": anyValue, until: anyValue,
});

export const imagePruneFilters: Parameter<Filters<ImagePruneFilter>> = filters<ImagePruneFilter>({
  dangling: switchValue, label: anyValue, "label!": anyValue, until: anyValue,
});

export const volumePruneFilters: Parameter<Filters<VolumePruneFilter>> = filters<VolumePruneFilter>({
  all: switchValue, label: anyValue, "label!": anyValue,
});

export const networkPruneFilters: Parameter<Filters<NetworkPruneFilter>> = filters<NetworkPruneFilter>({
  label: anyValue, "label!": anyValue, until: anyValue,
});
