import { nullable, object, parseJson, record, string } from "../../api/decode/index.ts";
import type { Volume } from "../../api/types/index.ts";
import type { RecordDecoder } from "../store/index.ts";

/** A volume as it is kept; everything else follows from its name. */
export interface StoredVolume {
  readonly name: string;
  /** RFC 3339. */
  readonly created: string;
  readonly labels: Readonly<Record<string, string>> | null;
  readonly options: Readonly<Record<string, string>> | null;
}

const decode = object<StoredVolume>({ name: string, created: string, labels: nullable(record(string)), options: nullable(record(string)) });

export const decodeStoredVolume: RecordDecoder<StoredVolume> = (value) => decode(parseJson(JSON.stringify(value)), "");

/** docker's mark of a volume that nobody gave a name. */
export const anonymousLabel = "com.docker.volume.anonymous";

export function isAnonymous({ labels }: StoredVolume): boolean {
  return labels !== null && Object.hasOwn(labels, anonymousLabel);
}

export function showVolume({ name, created, labels, options }: StoredVolume, mountpoint: string): Volume {
  return { CreatedAt: created, Driver: "local", Labels: labels, Mountpoint: mountpoint, Name: name, Options: options, Scope: "local" };
}
