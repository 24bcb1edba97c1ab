/** Fields of a container that the engine's JSON leaves out when they are empty, and that docker's templates know all the same. */
const ofContainer: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  State: { Health: null },
  HostConfig: { Init: null, Runtime: "", Annotations: {}, StorageOpt: {}, Tmpfs: {}, Sysctls: {}, Mounts: [] },
  Config: { ExposedPorts: {}, Healthcheck: null, NetworkDisabled: false, MacAddress: "", StopSignal: "", StopTimeout: null, Shell: [] },
};
const ofMount = { Type: "", Name: "", Source: "", Destination: "", Driver: "", Mode: "", RW: false, Propagation: "" };

/** For a template: an inspected container with those fields; anything else as it is. */
export function withOmittedFields(item: unknown): unknown {
  if (!isRecord(item) || !isRecord(item["State"]) || !isRecord(item["HostConfig"])) return item;
  const whole: Record<string, unknown> = { ...item };
  for (const [part, fields] of Object.entries(ofContainer)) {
    const given = item[part];
    if (isRecord(given)) whole[part] = { ...fields, ...given };
  }
  const mounts = item["Mounts"];
  if (Array.isArray(mounts)) whole["Mounts"] = mounts.map((mount: unknown) => (isRecord(mount) ? { ...ofMount, ...mount } : mount));
  return whole;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
