import koffi from "koffi";
import { EngineError } from "../../base/index.ts";

/** Instructions by architecture, as node names it. */
type Routine = Readonly<Record<string, readonly number[]>>;

/**
 * A routine that moves the C arguments (number, a1 … a6) into the registers of the kernel's system call convention,
 * traps, and returns what the kernel returned: a value, or minus errno. libc's own syscall() is the same but puts
 * errno into thread-local storage, which the garbage collector may overwrite before a second call can fetch it.
 */
const single: Routine = {
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

/**
 * A routine that takes the address of records and how many there are, and makes one call after another without anything
 * in between. A record is nine words of 64 bits: number, a1 … a6, result, and whether a failure ends the sequence.
 */
const sequence: Routine = {
  x64: [
    0x53, // push rbx
    0x41, 0x54, // push r12
    0x48, 0x89, 0xfb, // mov rbx, rdi
    0x49, 0x89, 0xf4, // mov r12, rsi
    0x4d, 0x85, 0xe4, // next: test r12, r12
    0x74, 0x36, // je end
    0x48, 0x8b, 0x03, // mov rax, [rbx]
    0x48, 0x8b, 0x7b, 0x08, // mov rdi, [rbx+8]
    0x48, 0x8b, 0x73, 0x10, // mov rsi, [rbx+16]
    0x48, 0x8b, 0x53, 0x18, // mov rdx, [rbx+24]
    0x4c, 0x8b, 0x53, 0x20, // mov r10, [rbx+32]
    0x4c, 0x8b, 0x43, 0x28, // mov r8, [rbx+40]
    0x4c, 0x8b, 0x4b, 0x30, // mov r9, [rbx+48]
    0x0f, 0x05, // syscall
    0x48, 0x89, 0x43, 0x38, // mov [rbx+56], rax
    0x48, 0x85, 0xc0, // test rax, rax
    0x79, 0x07, // jns done
    0x48, 0x83, 0x7b, 0x40, 0x00, // cmp qword [rbx+64], 0
    0x75, 0x09, // jne end
    0x48, 0x83, 0xc3, 0x48, // done: add rbx, 72
    0x49, 0xff, 0xcc, // dec r12
    0xeb, 0xc5, // jmp next
    0x41, 0x5c, // end: pop r12
    0x5b, // pop rbx
    0xc3, // ret
  ],
  arm64: [
    0xe9, 0x03, 0x00, 0xaa, // mov x9, x0
    0xea, 0x03, 0x01, 0xaa, // mov x10, x1
    0xaa, 0x01, 0x00, 0xb4, // next: cbz x10, end
    0x28, 0x01, 0x40, 0xf9, // ldr x8, [x9]
    0x20, 0x85, 0x40, 0xa9, // ldp x0, x1, [x9, #8]
    0x22, 0x8d, 0x41, 0xa9, // ldp x2, x3, [x9, #24]
    0x24, 0x95, 0x42, 0xa9, // ldp x4, x5, [x9, #40]
    0x01, 0x00, 0x00, 0xd4, // svc #0
    0x20, 0x1d, 0x00, 0xf9, // str x0, [x9, #56]
    0x60, 0x00, 0xf8, 0xb6, // tbz x0, #63, done
    0x2b, 0x21, 0x40, 0xf9, // ldr x11, [x9, #64]
    0x8b, 0x00, 0x00, 0xb5, // cbnz x11, end
    0x29, 0x21, 0x01, 0x91, // done: add x9, x9, #72
    0x4a, 0x05, 0x00, 0xd1, // sub x10, x10, #1
    0xf4, 0xff, 0xff, 0x17, // b next
    0xc0, 0x03, 0x5f, 0xd6, // end: ret
  ],
};

const pageSize = 65536;
const protectRead = 1;
const protectWrite = 2;
const protectExecute = 4;
const mapPrivateAnonymous = 0x22;

/** @returns the address of the routine that makes one call, for koffi to make functions of */
export function mapSystemCallRoutine(architecture: string): unknown {
  return mapRoutine(single, architecture);
}

/** @returns the address of the routine that makes several calls */
export function mapSequenceRoutine(architecture: string): unknown {
  return mapRoutine(sequence, architecture);
}

/** Maps a routine into memory that is writable first and executable afterwards, never both at once. */
function mapRoutine(routines: Routine, architecture: string): unknown {
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
