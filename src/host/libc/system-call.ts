import koffi from "koffi";
import { mapSystemCallRoutine } from "./machine-code.ts";
import { SystemError } from "./system-error.ts";
import { systemCallNumbers, type SystemCallName } from "./system-call-numbers.ts";

/** What a system call takes: an integer of up to 64 bits, or memory (null where the call allows none). */
export type Argument = number | bigint | Uint8Array | null;

/**
 * A system call bound to its number. The result is the kernel's own: zero or more, or minus errno.
 * Memory handed in must stay referenced until the call is over.
 */
export interface SystemCall<A extends readonly Argument[]> {
  (...args: A): number;
  /** The same on a thread of the pool, for calls that may block: the engine's own thread goes on. */
  later(...args: A): Promise<number>;
}

type Native = ((...args: readonly Argument[]) => number | bigint) & {
  async: (...args: readonly unknown[]) => void;
};

/** Each letter of a shape is one argument: `i` an integer, `p` a pointer to memory. */
type Shape = `${"i" | "p" | ""}${"i" | "p" | ""}${"i" | "p" | ""}${"i" | "p" | ""}${"i" | "p" | ""}${"i" | "p" | ""}`;

let routine: unknown;
const prototypes = new Map<string, ReturnType<typeof koffi.proto>>();

/**
 * Declares a system call. It is bound when first called, so that declaring costs nothing.
 * @param shape its arguments, such as `"ipi"` for openat(dirfd, path, flags)
 */
export function systemCall<A extends readonly Argument[]>(name: SystemCallName, shape: Shape): SystemCall<A> {
  const number = systemCallNumbers[name][process.arch === "arm64" ? 1 : 0];
  let bound: Native | undefined;
  const native = (): Native => (bound ??= bind(shape));
  const call = (...args: A): number => Number(native()(number, ...args));
  const later = async (...args: A): Promise<number> => queued(async () => {
    const { promise, resolve, reject } = Promise.withResolvers<number>();
    native().async(number, ...args, (error: unknown, result: number | bigint) => {
      if (error instanceof Error) reject(error);
      else resolve(Number(result));
    });
    const result = await promise;
    keepReferenced(args);
    return result;
  });
  return Object.assign(call, { later });
}

/** koffi refuses calls beyond the number that it can hold; more than the pool has threads do not run at once anyway. */
const mostAtOnce = 64;
let running = 0;
const waiting: (() => void)[] = [];

async function queued<T>(call: () => Promise<T>): Promise<T> {
  if (running < mostAtOnce) running += 1;
  else await new Promise<void>((resolve) => waiting.push(resolve));
  try {
    return await call();
  } finally {
    const next = waiting.shift();
    if (next === undefined) running -= 1;
    else next();
  }
}

function bind(shape: string): Native {
  routine ??= mapSystemCallRoutine(process.arch);
  let prototype = prototypes.get(shape);
  if (prototype === undefined) {
    const parameters = Array.from(shape, (letter) => (letter === "p" ? "void *" : "long"));
    prototype = koffi.proto(`wharf_call_${shape}`, "long", ["long", ...parameters]);
    prototypes.set(shape, prototype);
  }
  return koffi.decode(routine, prototype) as Native;
}

// Using the arguments after the await keeps the collector from freeing memory that a pool thread still writes to.
function keepReferenced(args: readonly Argument[]): void {
  if (args.length > 6) throw new RangeError("a system call has at most six arguments");
}

/**
 * Passes a result through, or throws what went wrong.
 * @param attempt what was tried and on what, made only when it failed, such as `() => "open /etc/passwd"`
 * @throws SystemError
 */
export function succeed(result: number, attempt: () => string): number {
  if (result >= 0) return result;
  throw new SystemError(attempt(), -result);
}
