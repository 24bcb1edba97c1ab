import { isEngineError } from "../../../base/index.ts";
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
        // docker ends the line that it could not fill.
        throw new TemplateStopped(`${text}\n`, error);
      }
    }
    return found.length === 0 ? "\n" : text;
  };
}

/** Data of `info` and `version` for a template. */
export async function writeTemplated(io: Stdio, data: unknown, format: string): Promise<void> {
  const { compileTemplate, goJson, templateData } = await import("../../template/index.ts");
  if (format === "json") {
    await io.out.write(`${goJson(data)}\n`);
    return;
  }
  await io.out.write(`${compileTemplate(format).run(templateData(data, mapFields), { missingKey: "error" })}\n`);
}
