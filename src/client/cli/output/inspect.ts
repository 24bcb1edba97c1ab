import { EngineError, isEngineError } from "../../../base/index.ts";
import { isEngineAnswer } from "../../sdk/index.ts";
import { CommandFailure, type Stdio } from "../command/index.ts";
import { errorText } from "./error-text.ts";
import { indentedJson } from "./indented-json.ts";
import { withOmittedFields } from "./omitted-fields.ts";

/** Names below which the engine's JSON has maps and not records: templates print and index them as Go's maps. */
const mapFields: ReadonlySet<string> = new Set([
  "Labels", "Options", "DriverOpts", "Networks", "Ports", "PortBindings", "ExposedPorts", "Volumes", "Annotations", "Sysctls", "Tmpfs", "LogConfig.Config",
  "StorageOpt", "Containers", "Data", "Config.Config", "AuxiliaryAddresses", "Runtimes", "Status.Status", "Attributes", "Details",
]);

export interface InspectRequest {
  readonly names: readonly string[];
  /** Of `--format`. */
  readonly format: string;
  /** @throws EngineError for what is not there. */
  readonly fetch: (name: string) => Promise<unknown>;
}

/**
 * Prints what the engine says of each name, as an indented list or through a template; what is not there is reported at
 * the end. Resolves with the exit code.
 */
export async function writeInspection(io: Stdio, request: InspectRequest): Promise<number> {
  const template = await compiled(request.format);
  const found: unknown[] = [];
  const problems: string[] = [];
  for (const name of request.names) {
    try {
      found.push(await request.fetch(name));
    } catch (error) {
      if (!isEngineAnswer(error) && !isEngineError(error, "not-found")) throw error;
      problems.push(errorText(error));
    }
  }
  let failure: Error | undefined;
  try {
    await io.out.write(template(found));
  } catch (error) {
    if (!(error instanceof TemplateStopped)) throw error;
    await io.out.write(error.written);
    failure = error.cause instanceof Error ? error.cause : error;
  }
  if (failure !== undefined) throw failure;
  if (problems.length > 0) await io.err.write(`${problems.join("\n")}\n`);
  return problems.length > 0 ? 1 : 0;
}

/** A template that failed after it had printed something. */
class TemplateStopped extends Error {
  readonly written: string;
  constructor(written: string, cause: unknown) {
    super("template stopped", { cause });
    this.written = written;
  }
}

async function compiled(format: string): Promise<(found: readonly unknown[]) => string> {
  if (format === "") return (found) => `${indentedJson(found)}\n`;
  const { compileTemplate, goJson, templateData } = await import("../../template/index.ts");
  if (format === "json") return (found) => `${goJson(found)}\n`;
  let template;
  try {
    template = compileTemplate(format);
  } catch (error) {
    throw new CommandFailure(64, error instanceof Error ? error.message : String(error), { cause: error });
  }
  return (found) => {
    let text = "";
    for (const item of found) {
      try {
        text += `${template.run(templateData(withOmittedFields(item), mapFields), { missingKey: "error" })}\n`;
      } catch (error) {
        // docker prints what came before, and an empty line where nothing did.
        throw new TemplateStopped(text === "" ? "\n" : text, error);
      }
    }
    return found.length === 0 ? "\n" : text;
  };
}

/** How Go calls the data of `info` and `version` in errors of their templates. */
export interface TemplateNames {
  readonly type: string;
  /** Of the template; empty for one without. */
  readonly template: string;
}

/** Data of `info` and `version` through a template. @throws EngineError in docker's words, which has an empty line before them. */
export async function writeTemplated(io: Stdio, data: Readonly<Record<string, unknown>>, options: { readonly format: string; readonly names: TemplateNames }): Promise<void> {
  const { compileTemplate, goJson, newRow, templateData } = await import("../../template/index.ts");
  const { format, names } = options;
  if (format === "json") {
    await io.out.write(`${goJson(data)}\n`);
    return;
  }
  const template = compileTemplate(format);
  const row = newRow(names.type, Object(templateData(data, mapFields)) as Readonly<Record<string, unknown>>);
  let text: string;
  try {
    text = template.run(row, { missingKey: "error" });
  } catch (error) {
    if (!isEngineError(error, "invalid-argument")) throw error;
    await io.out.write("\n");
    const message = error.message.replace(/^template parsing error: /, "").replace("template: :", `template: ${names.template}:`).replace('executing ""', `executing "${names.template}"`);
    throw new EngineError("invalid-argument", message, { cause: error });
  }
  await io.out.write(`${text}\n`);
}
