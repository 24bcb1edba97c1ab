import koffi from "koffi";
import { mapSequenceRoutine } from "./machine-code.ts";
import type { Argument } from "./system-call.ts";
import { systemCallNumbers, type SystemCallName } from "./system-call-numbers.ts";

export interface SequencedCall {
  readonly name: SystemCallName;
  readonly arguments: readonly Argument[];
  /** Where it fails, those behind it are not made. */
  readonly isRequired?: boolean;
}

const wordSize = 8;
const recordSize = 9 * wordSize;
const resultAt = 7 * wordSize;
const requiredAt = 8 * wordSize;
/** As no call gives it: it was not made. */
const notMade = -(2n ** 40n);

let native: ((records: Uint8Array, count: number) => void) | undefined;

/**
 * Makes calls one right after another: nothing of this program comes in between, no thread is born of this one and no
 * file is opened by it. For what changes the thread itself until a later call changes it back.
 * @returns each result, a value or minus errno; undefined for those that were not made
 */
export function callInSequence(calls: readonly SequencedCall[]): readonly (number | undefined)[] {
  native ??= koffi.decode(mapSequenceRoutine(process.arch), koffi.proto("wharf_sequence", "void", ["void *", "long"])) as (records: Uint8Array, count: number) => void;
  const records = Buffer.alloc(calls.length * recordSize);
  calls.forEach(({ name, arguments: words, isRequired = false }, i) => {
    const at = i * recordSize;
    records.writeBigInt64LE(BigInt(systemCallNumbers[name][process.arch === "arm64" ? 1 : 0]), at);
    words.forEach((word, place) => records.writeBigUInt64LE(BigInt.asUintN(64, wordOf(word)), at + (place + 1) * wordSize));
    records.writeBigInt64LE(notMade, at + resultAt);
    records.writeBigInt64LE(isRequired ? 1n : 0n, at + requiredAt);
  });
  native(records, calls.length);
  // Reading the calls again keeps what their arguments point to until here.
  return calls.map((_, i) => {
    const result = records.readBigInt64LE(i * recordSize + resultAt);
    return result === notMade ? undefined : Number(result);
  });
}

function wordOf(word: Argument): bigint {
  if (word === null) return 0n;
  return typeof word === "object" ? koffi.address(word) : BigInt(word);
}
