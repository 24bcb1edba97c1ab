import { resolve } from "node:path";
import type { Mount, MountType } from "../../../api/types/index.ts";
import { EngineError, parseMemorySize } from "../../../base/index.ts";
import { parseCsv } from "../command/index.ts";

/** A mount while its fields are read; the groups become objects only where one of them was given. */
interface Draft {
  type: string;
  mount: Record<string, unknown>;
  bind: Record<string, unknown>;
  volume: Record<string, unknown>;
  driver: Record<string, unknown>;
  image: Record<string, unknown>;
  tmpfs: Record<string, unknown>;
}

type Reader = (draft: Draft, value: string | undefined, field: string) => void;

const readers: Readonly<Record<string, Reader>> = {
  type: (draft, value) => { draft.type = (value ?? "").toLowerCase(); },
  source: (draft, value = "") => { draft.mount["Source"] = value.startsWith(".") ? resolve(value) : value; },
  target: (draft, value = "") => { draft.mount["Target"] = value; },
  readonly: (draft, value, field) => { draft.mount["ReadOnly"] = isOn(value, "readonly", field); },
  consistency: (draft, value = "") => { draft.mount["Consistency"] = value.toLowerCase(); },
  "bind-propagation": (draft, value = "") => { draft.bind["Propagation"] = value.toLowerCase(); },
  "bind-nonrecursive": (draft, value, field) => { draft.bind["NonRecursive"] = isOn(value, "bind-nonrecursive", field); },
  "bind-recursive": (draft, value = "") => { recursion(draft, value); },
  "bind-create-src": (draft, value, field) => { draft.bind["CreateMountpoint"] = isOn(value, "bind-create-src", field); },
  "volume-subpath": (draft, value = "") => { draft.volume["Subpath"] = value; },
  "volume-nocopy": (draft, value, field) => { draft.volume["NoCopy"] = isOn(value, "volume-nocopy", field); },
  "volume-label": (draft, value = "") => { put(draft.volume, "Labels", value); },
  "volume-driver": (draft, value = "") => { draft.driver["Name"] = value; },
  "volume-opt": (draft, value = "") => { put(draft.driver, "Options", value); },
  "image-subpath": (draft, value = "") => { draft.image["Subpath"] = value; },
  "tmpfs-size": (draft, value = "") => { draft.tmpfs["SizeBytes"] = tmpfsSize(value); },
  "tmpfs-mode": (draft, value = "") => { draft.tmpfs["Mode"] = tmpfsMode(value); },
};

const synonyms: Readonly<Record<string, string>> = { src: "source", dst: "target", destination: "target", ro: "readonly" };
const switches: ReadonlySet<string> = new Set(["readonly", "bind-nonrecursive", "bind-create-src", "volume-nocopy"]);

export function checkMount(text: string): string {
  parseMount(text);
  return text;
}

/** The fields of `--mount`, such as `type=bind,src=/a,dst=/b,readonly`. @throws EngineError in docker's words. */
export function parseMount(text: string): Mount {
  const draft: Draft = { type: "volume", mount: {}, bind: {}, volume: {}, driver: {}, image: {}, tmpfs: {} };
  for (const field of parseCsv(text.trim())) {
    const equals = field.indexOf("=");
    const written = (equals < 0 ? field : field.slice(0, equals)).toLowerCase();
    const key = synonyms[written] ?? written;
    if (equals < 0 && !switches.has(key)) throw wrong(`invalid field '${field}' must be a key=value pair`);
    const reader = Object.hasOwn(readers, key) ? readers[key] : undefined;
    if (reader === undefined) throw wrong(`unexpected key '${written}' in '${field}'`);
    reader(draft, equals < 0 ? undefined : field.slice(equals + 1), field);
  }
  return finished(draft);
}

function finished(draft: Draft): Mount {
  const { type, mount, bind, volume, driver, image, tmpfs } = draft;
  if (type === "") throw wrong("type is required");
  if (mount["Target"] === undefined || mount["Target"] === "") throw wrong("target is required");
  const groups = { bind, volume: { ...volume, ...driver }, image, tmpfs };
  for (const [name, fields] of Object.entries(groups)) {
    const isOwn = name === type || (name === "volume" && type === "cluster");
    if (!isOwn && Object.keys(fields).length > 0) throw wrong(`cannot mix '${name}-*' options with mount type '${type}'`);
  }
  checkRecursion(draft);
  const volumeOptions = Object.keys(driver).length > 0 ? { ...volume, DriverConfig: driver } : volume;
  return {
    // An unknown type is the engine's to refuse.
    Type: type as MountType,
    ...mount,
    ...(Object.keys(bind).length > 0 ? { BindOptions: bind } : {}),
    ...(Object.keys(volumeOptions).length > 0 ? { VolumeOptions: volumeOptions } : {}),
    ...(Object.keys(image).length > 0 ? { ImageOptions: image } : {}),
    ...(Object.keys(tmpfs).length > 0 ? { TmpfsOptions: tmpfs } : {}),
  };
}

function recursion(draft: Draft, value: string): void {
  switch (value) {
    case "enabled": break;
    case "disabled": draft.bind["NonRecursive"] = true; break;
    case "writable": draft.bind["ReadOnlyNonRecursive"] = true; break;
    case "readonly": draft.bind["ReadOnlyForceRecursive"] = true; break;
    default: throw wrong(`invalid value for bind-recursive: ${value} (must be "enabled", "disabled", "writable", or "readonly")`);
  }
}

function checkRecursion({ bind, mount }: Draft): void {
  const isReadOnly = mount["ReadOnly"] === true;
  if (bind["ReadOnlyNonRecursive"] === true && !isReadOnly) throw wrong("option 'bind-recursive=writable' requires 'readonly' to be specified in conjunction");
  if (bind["ReadOnlyForceRecursive"] !== true) return;
  if (!isReadOnly) throw wrong("option 'bind-recursive=readonly' requires 'readonly' to be specified in conjunction");
  if (bind["Propagation"] !== "rprivate") throw wrong("option 'bind-recursive=readonly' requires 'bind-propagation=rprivate' to be specified in conjunction");
}

function isOn(value: string | undefined, key: string, field: string): boolean {
  if (value === undefined) return true;
  if (/^(?:1|t|T|TRUE|true|True)$/.test(value)) return true;
  if (/^(?:0|f|F|FALSE|false|False)$/.test(value)) return false;
  throw wrong(`invalid value for ${field.startsWith("ro=") ? "ro" : key}: ${value}`);
}

function put(group: Record<string, unknown>, name: string, pair: string): void {
  const equals = pair.indexOf("=");
  const [key, value] = equals < 0 ? [pair, ""] : [pair.slice(0, equals), pair.slice(equals + 1)];
  const before = group[name];
  group[name] = { ...(typeof before === "object" ? before : {}), [key]: value };
}

function tmpfsSize(value: string): number {
  try {
    return parseMemorySize(value);
  } catch (cause) {
    throw new EngineError("invalid-argument", `invalid value for tmpfs-size: ${value}`, { cause });
  }
}

function tmpfsMode(value: string): number {
  if (!/^[0-7]{1,11}$/.test(value)) throw wrong(`invalid value for tmpfs-mode: ${value}`);
  return Number.parseInt(value, 8);
}

function wrong(message: string): EngineError {
  return new EngineError("invalid-argument", message);
}
