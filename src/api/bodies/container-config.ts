import {
  array, boolean, int64, nullable, object, optional, record, string, type Decoder, type Fields, type JsonValue,
} from "../decode/index.ts";
import type { ContainerConfig, EmptyObject, HealthConfig } from "../types/index.ts";

const emptyObject: Decoder<EmptyObject> = object<EmptyObject>({});
const stringMap = record(string);
const strings = array(string);

/** A command: a list, or one string that is the whole of it. */
const command: Decoder<readonly string[]> = (value, path) => (typeof value === "string" ? [value] : strings(value, path));

const optionalString: Decoder<string | undefined> = (value, path) => string(value, path) || undefined;
const optionalBoolean: Decoder<boolean | undefined> = (value, path) => boolean(value, path) || undefined;

/** A map that is left out when nothing is in it. */
function filledMap<T>(decode: Decoder<T>): Decoder<Readonly<Record<string, T>> | undefined> {
  const map = record(decode);
  return (value: JsonValue | undefined, path) => {
    const result = map(value, path);
    return Object.keys(result).length === 0 ? undefined : result;
  };
}

const healthConfig: Decoder<HealthConfig> = object<HealthConfig>({
  Test: optional(strings),
  Interval: optional(int64),
  Timeout: optional(int64),
  StartPeriod: optional(int64),
  StartInterval: optional(int64),
  Retries: optional(int64),
});

export const containerConfigFields: Fields<ContainerConfig> = {
  Hostname: string,
  Domainname: string,
  User: string,
  AttachStdin: boolean,
  AttachStdout: boolean,
  AttachStderr: boolean,
  ExposedPorts: filledMap(emptyObject),
  Tty: boolean,
  OpenStdin: boolean,
  StdinOnce: boolean,
  Env: nullable(strings),
  Cmd: nullable(command),
  Healthcheck: optional(healthConfig),
  ArgsEscaped: optionalBoolean,
  Image: string,
  Volumes: nullable(record(emptyObject)),
  WorkingDir: string,
  Entrypoint: nullable(command),
  NetworkDisabled: optionalBoolean,
  MacAddress: optionalString,
  OnBuild: nullable(strings),
  Labels: nullable(stringMap),
  StopSignal: optionalString,
  StopTimeout: optional(int64),
  Shell: optional(command),
};

export const containerConfig: Decoder<ContainerConfig> = object<ContainerConfig>(containerConfigFields);
