const meanings: Readonly<Record<string, string>> = {
  ENOENT: "no such file or directory", ENOTDIR: "not a directory", EACCES: "permission denied", EPERM: "operation not permitted",
  ELOOP: "too many levels of symbolic links", EISDIR: "is a directory", EROFS: "read-only file system", ENOSPC: "no space left on device",
  ENAMETOOLONG: "file name too long", EEXIST: "file exists", EBUSY: "device or resource busy",
};

/** Whether a call to the system failed with one of the codes. */
export function hasCode(error: unknown, ...codes: readonly string[]): boolean {
  return error instanceof Error && "code" in error && codes.includes(String(error.code));
}

/** A call to the system that failed, in docker's way to say so: "lstat /x: no such file or directory". */
export function localError(attempt: string, error: unknown): unknown {
  if (!(error instanceof Error) || !("code" in error)) return error;
  const code = String(error.code);
  return new Error(`${attempt}: ${meanings[code] ?? code}`, { cause: error });
}
