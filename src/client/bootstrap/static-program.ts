const interpreterSegment = 3;

/** Whether a file is a 64-bit ELF program that asks for no loader of libraries (System V ABI, "Program Header", PT_INTERP). */
export function isStaticProgram(file: Uint8Array): boolean {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  if (file.length < 64 || view.getUint32(0) !== 0x7f454c46 || file[4] !== 2) return false;
  const isLittle = file[5] === 1;
  const at = Number(view.getBigUint64(32, isLittle));
  const size = view.getUint16(54, isLittle);
  const count = view.getUint16(56, isLittle);
  if (size < 56 || at + size * count > file.length) return false;
  for (let i = 0; i < count; i++) if (view.getUint32(at + i * size, isLittle) === interpreterSegment) return false;
  return count > 0;
}
