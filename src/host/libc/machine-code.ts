import koffi from "koffi";
import { EngineError } from "../../base/index.ts";

/**
 * A routine that moves the C arguments (number, a1 … a6) into the registers of the kernel's system call convention,
 * traps, and returns what the kernel returned: a value, or minus errno. libc's own syscall() is the same but puts
 * errno into thread-local storage, which the garbage collector may overwrite before a second call can fetch it.
 */
const routines: Readonly<Record<string, readonly number[]>> = {
  x64: [
    0x48, 0x89, 0xf8, // mov rax, rdi
    0x48, 0x89, 0xf7, // mov rdi, rsi
    0x48, 0x89, 0xd6, // mov rsi, rdx
    0x48, 0x89, 0xca, // mov rdx, rcx
    0x4d, 0x89, 0xc2, // mov r10, r8
    0x4d, 0x89, 0xc8, // mov r8, r9
    0x4c, 0x8b, 0x4c, 0x24, 0x08, // mov r9, [rsp+8]
    0x0f, 0x05, // syscall
    0xc3, // ret
  ],
  arm64: [
    0xe8, 0x03, 0x00, 0xaa, // mov x8, x0
    0xe0, 0x03, 0x01, 0xaa, // mov x0, x1
    0xe1, 0x03, 0x02, 0xaa, // mov x1, x2
    0xe2, 0x03, 0x03, 0xaa, // mov x2, x3
    0xe3, 0x03, 0x04, 0xaa, // mov x3, x4
    0xe4, 0x03, 0x05, 0xaa, // mov x4, x5
    0xe5, 0x03, 0x06, 0xaa, // mov x5, x6
    0x01, 0x00, 0x00, 0xd4, // svc #0
    0xc0, 0x03, 0x5f, 0xd6, // ret
  ],
};

const pageSize = 65536;
const protectRead = 1;
const protectWrite = 2;
const protectExecute = 4;
const mapPrivateAnonymous = 0x22;

/**
 * Maps the routine into memory that is writable first and executable afterwards, never both at once.
 * @returns its address, for koffi to make functions of
 */
export function mapSystemCallRoutine(architecture: string): unknown {
  const routine = routines[architecture];
  if (routine === undefined) {
    throw new EngineError("unsupported", `wharf has no system calls for the processor architecture ${architecture}`, {
      hint: "the engine runs on x86_64 and aarch64",
    });
  }
  const libc = koffi.load("libc.so.6");
  const mmap = libc.func("void *mmap(void *address, size_t length, int protection, int flags, int fd, long offset)");
  const memcpy = libc.func("void *memcpy(void *to, const void *from, size_t length)");
  const mprotect = libc.func("int mprotect(void *address, size_t length, int protection)");
  const page: unknown = mmap(null, pageSize, protectRead | protectWrite, mapPrivateAnonymous, -1, 0);
  memcpy(page, Buffer.from(routine), routine.length);
  if (mprotect(page, pageSize, protectRead | protectExecute) !== 0) {
    throw new EngineError("forbidden", "cannot make the system call routine executable", {
      hint: "a security policy of the host forbids executable memory to this process",
    });
  }
  return page;
}
