import { array, int64, object, optional, parseJson, string, type Decoder } from "../../api/decode/index.ts";

/*
 * The Container Device Interface's files (its SPEC.md, up to 1.0): what has to be changed in a container for it to use a
 * device. They are written by the host's administrator, or by the device's driver.
 */

export interface CdiSpec {
  /** "vendor.com/class". */
  readonly kind: string;
  readonly devices: readonly CdiDevice[];
  /** For each container that uses any of the devices. */
  readonly containerEdits: ContainerEdits;
}

export interface CdiDevice {
  readonly name: string;
  readonly containerEdits: ContainerEdits;
}

export interface ContainerEdits {
  readonly env: readonly string[];
  readonly deviceNodes: readonly CdiNode[];
  readonly mounts: readonly CdiMount[];
  readonly hooks: readonly CdiHook[];
  readonly additionalGIDs: readonly number[];
}

export interface CdiNode {
  readonly path: string;
  /** Empty: the same as in the container. */
  readonly hostPath: string;
  readonly type: string;
  readonly major?: number;
  readonly minor?: number;
  readonly fileMode?: number;
  /** Of "rwm"; empty: all. */
  readonly permissions: string;
  readonly uid?: number;
  readonly gid?: number;
}

export interface CdiMount {
  readonly hostPath: string;
  readonly containerPath: string;
  readonly options: readonly string[];
  /** Empty: a bind mount. */
  readonly type: string;
}

export interface CdiHook {
  /** As in the OCI runtime-spec, such as "createContainer". */
  readonly hookName: string;
  readonly path: string;
  readonly args: readonly string[];
  readonly env: readonly string[];
  /** Seconds. */
  readonly timeout?: number;
}

const edits: Decoder<ContainerEdits> = object<ContainerEdits>({
  env: array(string),
  deviceNodes: array(object<CdiNode>({
    path: string, hostPath: string, type: string, major: optional(int64), minor: optional(int64), fileMode: optional(int64), permissions: string,
    uid: optional(int64), gid: optional(int64),
  })),
  mounts: array(object<CdiMount>({ hostPath: string, containerPath: string, options: array(string), type: string })),
  hooks: array(object<CdiHook>({ hookName: string, path: string, args: array(string), env: array(string), timeout: optional(int64) })),
  additionalGIDs: array(int64),
});

const decode = object<CdiSpec>({ kind: string, devices: array(object<CdiDevice>({ name: string, containerEdits: edits })), containerEdits: edits });

/** @param text JSON or YAML. @throws what is wrong with it */
export function parseCdiSpec(text: string): CdiSpec {
  return decode(parseJson(JSON.stringify(Bun.YAML.parse(text))), "");
}
