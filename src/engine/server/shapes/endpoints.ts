import type { ApiVersion } from "../../../api/operations/index.ts";
import type { EndpointSettings } from "../../../api/types/index.ts";
import { without } from "./without.ts";

type Endpoints = Readonly<Record<string, Partial<EndpointSettings>>>;

/** Endpoints as a version has them: GwPriority came with 1.48, DNSNames with 1.44. */
export function endpointsOf(endpoints: Readonly<Record<string, EndpointSettings>>, version: ApiVersion): Endpoints {
  if (version >= 48) return endpoints;
  return mapValues(endpoints, (endpoint) =>
    (version >= 44 ? without(endpoint, "GwPriority") : without(endpoint, "GwPriority", "DNSNames")));
}

export function mapValues<T, U>(record: Readonly<Record<string, T>>, change: (value: T, name: string) => U): Readonly<Record<string, U>> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, change(value, name)]));
}
