import { EngineError } from "../../base/index.ts";

/** Where an offset is: lines count from 1, columns from 0 in bytes, as Go's templates count. */
export function position(template: string, at: number): { readonly line: number; readonly column: number } {
  const before = template.slice(0, at);
  const start = before.lastIndexOf("\n") + 1;
  return { line: before.split("\n").length, column: Buffer.byteLength(before.slice(start)) };
}

/** A template that cannot be read; thrown inside this folder and turned into an {@link EngineError} at its door. */
export class TemplateSyntaxError extends Error {
  constructor(template: string, at: number, message: string) {
    super(`template: :${position(template, at).line}: ${message}`);
  }
}

/** A template that cannot be carried out on the data it was given. */
export class TemplateRunError extends Error {}

export function asEngineError(error: unknown): unknown {
  if (!(error instanceof TemplateSyntaxError) && !(error instanceof TemplateRunError)) return error;
  return new EngineError("invalid-argument", `template parsing error: ${error.message}`, { cause: error });
}
