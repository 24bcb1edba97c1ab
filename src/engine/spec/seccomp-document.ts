import { array, int64, object, optional, parseJson, string, uint64, type Decoder } from "../../api/decode/index.ts";
import { EngineError } from "../../base/index.ts";
import type { SeccompArgument, SeccompRule, SeccompSpec } from "./runtime-spec.ts";

interface WrittenRule {
  readonly name?: string;
  readonly names: readonly string[];
  readonly action: string;
  readonly errnoRet?: number;
  readonly args: readonly SeccompArgument[];
  readonly includes?: Condition;
  readonly excludes?: Condition;
}

interface Condition {
  readonly caps: readonly string[];
  readonly arches: readonly string[];
}

const condition = object<Condition>({ caps: array(string), arches: array(string) });
const argument: Decoder<SeccompArgument> = object<SeccompArgument>({ index: uint64, value: uint64, valueTwo: optional(uint64), op: string });
const rule = object<WrittenRule>({
  name: optional(string),
  names: array(string),
  action: string,
  errnoRet: optional(int64),
  args: array(argument),
  includes: optional(condition),
  excludes: optional(condition),
});

interface WrittenProfile {
  readonly defaultAction: string;
  readonly defaultErrnoRet?: number;
  readonly architectures?: readonly string[];
  readonly syscalls: readonly WrittenRule[];
}

const profile = object<WrittenProfile>({
  defaultAction: string,
  defaultErrnoRet: optional(int64),
  architectures: optional(array(string)),
  syscalls: array(rule),
});

/**
 * A profile as `--security-opt seccomp=FILE` brings it: the CLI sends the file's content (docker's seccomp.json).
 * Rules that hold for some capabilities only are decided for a container without further ones.
 * @throws EngineError `invalid-argument`
 */
export function parseSeccompProfile(text: string): SeccompSpec {
  let written: WrittenProfile;
  try {
    written = profile(parseJson(text), "");
  } catch (error) {
    throw new EngineError("invalid-argument", `Decoding seccomp profile failed: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (written.defaultAction === "") throw new EngineError("invalid-argument", "Decoding seccomp profile failed: it has no defaultAction");
  return {
    defaultAction: written.defaultAction,
    ...(written.defaultErrnoRet === undefined ? {} : { defaultErrnoRet: written.defaultErrnoRet }),
    ...(written.architectures === undefined ? {} : { architectures: written.architectures }),
    syscalls: written.syscalls.filter(applies).map(toRule),
  };
}

function applies({ includes }: WrittenRule): boolean {
  return (includes?.caps ?? []).length === 0;
}

function toRule({ name, names, action, errnoRet, args }: WrittenRule): SeccompRule {
  return {
    names: name === undefined ? names : [name, ...names],
    action,
    ...(errnoRet === undefined ? {} : { errnoRet }),
    ...(args.length === 0 ? {} : { args }),
  };
}
