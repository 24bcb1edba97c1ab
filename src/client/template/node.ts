/** The parsed form of a template (Go text/template/parse). `at` is an offset in the text, for errors. */
export type Node =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "action"; readonly pipe: Pipe }
  | { readonly kind: "if" | "with"; readonly pipe: Pipe; readonly then: readonly Node[]; readonly otherwise: readonly Node[] }
  | { readonly kind: "range"; readonly at: number; readonly pipe: Pipe; readonly then: readonly Node[]; readonly otherwise: readonly Node[] }
  | { readonly kind: "template"; readonly at: number; readonly name: string; readonly pipe: Pipe | undefined }
  | { readonly kind: "break" | "continue" };

export interface Pipe {
  readonly kind: "pipe";
  readonly at: number;
  readonly variables: readonly string[];
  /** `=` and not `:=`. */
  readonly assigns: boolean;
  readonly commands: readonly Command[];
}

export interface Command {
  readonly at: number;
  readonly operands: readonly Operand[];
}

export type Operand =
  | { readonly kind: "dot" | "nil"; readonly at: number }
  | { readonly kind: "field"; readonly at: number; readonly path: readonly string[] }
  | { readonly kind: "variable"; readonly at: number; readonly name: string; readonly path: readonly string[] }
  | { readonly kind: "function"; readonly at: number; readonly name: string }
  | { readonly kind: "chain"; readonly at: number; readonly of: Operand; readonly path: readonly string[] }
  | { readonly kind: "literal"; readonly at: number; readonly value: boolean | number | bigint | string; readonly source: string }
  | Pipe;

/** An operand as its author wrote it, as errors quote it. */
export function operandSource(operand: Operand): string {
  switch (operand.kind) {
    case "dot": return ".";
    case "nil": return "nil";
    case "field": return `.${operand.path.join(".")}`;
    case "variable": return [operand.name, ...operand.path].join(".");
    case "function": return operand.name;
    case "chain": return `${operand.of.kind === "pipe" ? `(${pipeSource(operand.of)})` : operandSource(operand.of)}.${operand.path.join(".")}`;
    case "literal": return operand.source;
    case "pipe": return `(${pipeSource(operand)})`;
  }
}

export function commandSource(command: Command): string {
  return command.operands.map(operandSource).join(" ");
}

export function pipeSource(pipe: Pipe): string {
  const commands = pipe.commands.map(commandSource).join(" | ");
  return pipe.variables.length === 0 ? commands : `${pipe.variables.join(", ")} ${pipe.assigns ? "=" : ":="} ${commands}`;
}
