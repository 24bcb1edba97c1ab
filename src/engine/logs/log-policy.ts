import type { ContainerConfig, LogConfig } from "../../api/types/index.ts";
import { EngineError, isEngineError, parseMemorySize } from "../../base/index.ts";
import type { LogDefaults, LogPolicy } from "./contract.ts";
import { requireSocket, syslogOptions, syslogPlan } from "./delivery-plan.ts";
import { limitOptions, packedLimits, plainLimits } from "./log-limits.ts";
import { switchOf } from "./log-option.ts";

/** The container that a log belongs to, as far as lines are tagged with it. */
export interface LoggedContainer {
  /** 64 hex digits. */
  readonly id: string;
  /** Without a leading slash. */
  readonly name: string;
  readonly config: Pick<ContainerConfig, "Env" | "Image" | "Labels">;
}

const tagOptions = ["labels", "labels-regex", "env", "env-regex", "tag"];
/** Taken by every driver. */
const modeOptions = ["mode", "max-buffer-size", "cache-disabled", "cache-max-size", "cache-max-file", "cache-compress"];

/**
 * @throws EngineError `invalid-argument` with docker's text for a driver or an option that there is not, `unsupported`
 * for what docker has and this engine has not
 */
export function logPolicy({ Type: type, Config: options }: LogConfig, container: LoggedContainer): LogPolicy {
  const given = options ?? {};
  if (type === "none") return { driver: "none", writes: false, limits: plainLimits({}), attributes: {}, isReadable: false, tag: "" };
  checkMode(given);
  const kept = { writes: true, isReadable: true } as const;
  switch (type) {
    case "local": {
      refuseOptions(given, [...limitOptions, ...tagOptions], (name) => `unknown log opt '${name}' for log driver local`);
      return { ...kept, driver: "local", limits: packedLimits(given), ...tagged(given, container) };
    }
    case "": case "json-file": {
      refuseOptions(given, [...limitOptions, ...tagOptions], (name) => `unknown log opt '${name}' for json-file log driver`);
      return { ...kept, driver: "json-file", limits: plainLimits(given), ...tagged(given, container) };
    }
    case "syslog": case "journald": {
      refuseOptions(given, [...(type === "syslog" ? syslogOptions : []), ...tagOptions], (name) => `unknown log opt '${name}' for ${type} log driver`);
      const delivery = type === "syslog" ? syslogPlan(given) : { kind: type } as const;
      const isReadable = !switchOf(given["cache-disabled"], false);
      const { tag, attributes } = tagged(given, container);
      return { writes: true, isReadable, driver: type, limits: packedLimits(given, "cache-"), tag, attributes, delivery };
    }
    case "gelf": case "fluentd": case "awslogs": case "splunk": case "etwlogs": case "gcplogs":
      throw new EngineError("unsupported", `the log driver ${type} is not supported yet`, { hint: "json-file, local, syslog, journald and none are" });
    default: throw new EngineError("invalid-argument", `error looking up logging plugin ${type}: plugin ${JSON.stringify(type)} not found`);
  }
}

/**
 * A program is never held up by its log, since conmon writes it to a file: both modes are that, and there is no buffer
 * between to be limited. What docker refuses is refused.
 */
function checkMode({ mode = "", "max-buffer-size": size }: Readonly<Record<string, string>>): void {
  if (!["", "blocking", "non-blocking"].includes(mode)) throw new EngineError("invalid-argument", `logger: logging mode not supported: ${mode}`);
  if (size === undefined) return;
  if (mode !== "non-blocking") throw new EngineError("invalid-argument", "logger: max-buffer-size option is only supported with 'mode=non-blocking'");
  try {
    parseMemorySize(size);
  } catch (error) {
    throw isEngineError(error) ? new EngineError(error.kind, `error parsing option max-buffer-size: ${error.message}`, { cause: error }) : error;
  }
}

/** What a container's log is, where the daemon's defaults fill up what it does not say; docker's rules. */
export function completeLogConfig({ Type: type, Config: config }: LogConfig, { driver, options }: LogDefaults): LogConfig {
  const isDefault = type === "" || type === driver;
  return { Type: isDefault ? driver : type, Config: isDefault ? { ...options, ...config } : { ...config } };
}

/** What of a policy can be told to be wrong before anything is made. @throws EngineError `invalid-argument`, docker's text */
export function requireUsableLog({ delivery }: LogPolicy): void {
  if (delivery !== undefined) requireSocket(delivery);
}

/** @throws EngineError `unsupported` with docker's text where the driver keeps nothing */
export function requireReadableLog({ isReadable }: LogPolicy): void {
  if (!isReadable) throw new EngineError("unsupported", "configured logging driver does not support reading");
}

function refuseOptions(given: Readonly<Record<string, string>>, known: readonly string[], text: (name: string) => string): void {
  for (const name of Object.keys(given)) {
    if (!known.includes(name) && !modeOptions.includes(name)) throw new EngineError("invalid-argument", text(name));
  }
}

/** A tag is one of the attributes only where it was asked for. */
function tagged(options: Readonly<Record<string, string>>, container: LoggedContainer): Pick<LogPolicy, "attributes" | "tag"> {
  const labels = Object.entries(container.config.Labels ?? {});
  const variables = (container.config.Env ?? []).map(splitVariable);
  const tag = expandTag(options.tag ?? "{{.ID}}", container);
  return {
    tag,
    attributes: {
      ...chosen(labels, options.labels, options["labels-regex"]),
      ...chosen(variables, options.env, options["env-regex"]),
      ...(options.tag === undefined ? {} : { tag }),
    },
  };
}

function splitVariable(variable: string): readonly [name: string, value: string] {
  const equals = variable.indexOf("=");
  return equals < 0 ? [variable, ""] : [variable.slice(0, equals), variable.slice(equals + 1)];
}

function chosen(pairs: readonly (readonly [string, string])[], names = "", pattern = ""): Record<string, string> {
  const wanted = names.split(",");
  const matches = pattern === "" ? undefined : compile(pattern);
  return Object.fromEntries(pairs.filter(([name]) => wanted.includes(name) || matches?.test(name) === true));
}

function compile(pattern: string): RegExp {
  try {
    return new RegExp(pattern, "u");
  } catch (cause) {
    throw new EngineError("invalid-argument", `error parsing regexp: ${pattern}`, { cause });
  }
}

/** Fields of docker's templates for `--log-opt tag`. */
function expandTag(template: string, { id, name, config }: LoggedContainer): string {
  const fields: Readonly<Record<string, string>> = {
    ID: id.slice(0, 12), FullID: id, Name: name, ImageName: config.Image, DaemonName: "docker",
  };
  return template.replace(/\{\{(.*?)\}\}/g, (written, inside: string) => {
    const field = /^\s*\.(\w+)\s*$/.exec(inside)?.[1];
    const value = field === undefined || !Object.hasOwn(fields, field) ? undefined : fields[field];
    if (value === undefined) throw new EngineError("unsupported", `the log tag ${written} is not supported yet`);
    return value;
  });
}
