import { array, boolean, nullable, object, optional, string, type Decoder } from "../decode/index.ts";
import type { ExecCreateBody, ExecStartBody } from "../types/index.ts";
import { consoleSize } from "./host-config.ts";

export const execCreateBody: Decoder<ExecCreateBody> = object<ExecCreateBody>({
  User: string,
  Privileged: boolean,
  Tty: boolean,
  ConsoleSize: optional(consoleSize),
  AttachStdin: boolean,
  AttachStderr: boolean,
  AttachStdout: boolean,
  DetachKeys: string,
  Env: nullable(array(string)),
  WorkingDir: string,
  Cmd: nullable((value, path) => (typeof value === "string" ? [value] : array(string)(value, path))),
});

export const execStartBody: Decoder<ExecStartBody> = object<ExecStartBody>({
  Detach: boolean,
  Tty: boolean,
  ConsoleSize: optional(consoleSize),
});
