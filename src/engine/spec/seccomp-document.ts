import { array, int64, object, optional, parseJson, string, uint64, type Decoder } from "../../api/decode/index.ts";
import { EngineError } from "../../base/index.ts";
import type { SeccompArgument, SeccompRule, SeccompSpec } from "./runtime-spec.ts";

/** A profile as `--security-opt seccomp=FILE` brings it: the CLI sends the file's content (docker's seccomp.json). */
export interface SeccompDocument {
  readonly defaultAction: string;
  readonly defaultErrnoRet?: number;
  readonly architectures: readonly string[];
  readonly archMap: readonly ArchitectureEntry[];
  readonly syscalls: readonly WrittenRule[];
}

interface ArchitectureEntry {
  readonly architecture: string;
  readonly subArchitectures: readonly string[];
}

interface WrittenRule {
  readonly name: string;
  readonly names: readonly string[];
  readonly action: string;
  readonly errnoRet?: number;
  readonly args: readonly SeccompArgument[];
  readonly includes?: Condition;
  readonly excludes?: Condition;
}

/** Empty lists and an empty text say nothing. */
interface Condition {
  readonly caps: readonly string[];
  readonly arches: readonly string[];
  readonly minKernel: string;
}

const condition = object<Condition>({ caps: array(string), arches: array(string), minKernel: string });
const argument: Decoder<SeccompArgument> = object<SeccompArgument>({ index: uint64, value: uint64, valueTwo: optional(uint64), op: string });
const rule = object<WrittenRule>({
  name: string,
  names: array(string),
  action: string,
  errnoRet: optional(int64),
  args: array(argument),
  includes: optional(condition),
  excludes: optional(condition),
});

const profile = object<SeccompDocument>({
  defaultAction: string,
  defaultErrnoRet: optional(int64),
  architectures: array(string),
  archMap: array(object<ArchitectureEntry>({ architecture: string, subArchitectures: array(string) })),
  syscalls: array(rule),
});

/** @throws EngineError `invalid-argument` */
export function parseSeccompProfile(text: string): SeccompDocument {
  const fail = (why: string): EngineError => new EngineError("invalid-argument", `Decoding seccomp profile failed: ${why}`);
  let written: SeccompDocument;
  try {
    written = profile(parseJson(text), "");
  } catch (error) {
    throw fail(error instanceof Error ? error.message : String(error));
  }
  if (written.defaultAction === "") throw fail("it has no defaultAction");
  if (written.architectures.length > 0 && written.archMap.length > 0) throw fail("use either 'architectures' or 'archMap'");
  for (const { name, names } of written.syscalls) {
    if (name !== "" && names.length > 0) throw fail("use either 'name' or 'names'");
  }
  return written;
}

/** What a profile's conditions are about. */
export interface SeccompSituation {
  readonly capabilities: readonly string[];
  /** Go's name for it: amd64, arm64. */
  readonly architecture: string;
  /** As uname says it, such as "6.1.0-13-amd64". */
  readonly kernel: string;
}

const nativeNames: Readonly<Record<string, string>> = { amd64: "SCMP_ARCH_X86_64", arm64: "SCMP_ARCH_AARCH64" };

/** The profile for one container: its conditions are decided. */
export function decideProfile(written: SeccompDocument, situation: SeccompSituation): SeccompSpec {
  const native = written.archMap.find(({ architecture }) => architecture === nativeNames[situation.architecture]);
  const architectures = native === undefined ? written.architectures : [native.architecture, ...native.subArchitectures];
  return {
    defaultAction: written.defaultAction,
    ...(written.defaultErrnoRet === undefined ? {} : { defaultErrnoRet: written.defaultErrnoRet }),
    ...(architectures.length === 0 ? {} : { architectures }),
    syscalls: written.syscalls.filter((written) => applies(written, situation)).map(toRule),
  };
}

/** A rule holds where all that it includes is there and nothing that it excludes. */
function applies({ includes, excludes }: WrittenRule, { capabilities, architecture, kernel }: SeccompSituation): boolean {
  const has = (capability: string): boolean => capabilities.includes(capability);
  if (includes !== undefined) {
    if (!includes.caps.every(has) || (includes.arches.length > 0 && !includes.arches.includes(architecture))) return false;
    if (includes.minKernel !== "" && !isAtLeast(kernel, includes.minKernel)) return false;
  }
  if (excludes === undefined) return true;
  if (excludes.caps.some(has) || excludes.arches.includes(architecture)) return false;
  return excludes.minKernel === "" || !isAtLeast(kernel, excludes.minKernel);
}

/** Compares the first two numbers of kernel versions. */
export function isAtLeast(kernel: string, least: string): boolean {
  const [major = 0, minor = 0] = kernel.split(/[.-]/).map(Number);
  const [wantedMajor = 0, wantedMinor = 0] = least.split(/[.-]/).map(Number);
  return major > wantedMajor || (major === wantedMajor && minor >= wantedMinor);
}

function toRule({ name, names, action, errnoRet, args }: WrittenRule): SeccompRule {
  return {
    names: name === "" ? names : [name],
    action,
    ...(errnoRet === undefined ? {} : { errnoRet }),
    ...(args.length === 0 ? {} : { args }),
  };
}
