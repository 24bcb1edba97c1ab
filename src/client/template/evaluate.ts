import { functions as allFunctions, type TemplateFunction } from "./functions.ts";
import { commandSource, operandSource, type Command, type Node, type Operand, type Pipe } from "./node.ts";
import type { ParsedTemplate } from "./parser.ts";
import { position, TemplateRunError } from "./template-error.ts";
import { goString, goType, isInteger, isList, isRow, isStruct, isTrue, type Value } from "./value.ts";

export type MissingKey = "no value" | "error";

export interface RunOptions {
  readonly functions?: Readonly<Record<string, TemplateFunction>>;
  /** What a field that a struct or a map does not have is: printed as `<no value>`, or an error. */
  readonly missingKey?: MissingKey;
}

interface Variable {
  readonly name: string;
  value: Value;
}

/** No value is piped in. */
const nothing = Symbol("nothing");
const deepest = 1000;

class Leave extends Error {
  readonly kind: "break" | "continue";
  constructor(kind: "break" | "continue") {
    super(kind);
    this.kind = kind;
  }
}

/** Carries out a parsed template. @throws TemplateRunError in Go's words. */
export function runTemplate(template: ParsedTemplate, data: Value, options: RunOptions = {}): string {
  return new Run(template, data, options).all(template.root, data);
}

class Run {
  readonly #template: ParsedTemplate;
  readonly #functions: Readonly<Record<string, TemplateFunction>>;
  readonly #missing: MissingKey;
  readonly #isTyped: boolean;
  #variables: Variable[];
  #depth = 0;

  constructor(template: ParsedTemplate, data: Value, options: RunOptions) {
    this.#template = template;
    this.#functions = options.functions ?? allFunctions;
    this.#missing = options.missingKey ?? "no value";
    this.#isTyped = isRow(data);
    this.#variables = [{ name: "$", value: data }];
  }

  all(nodes: readonly Node[], dot: Value): string {
    let text = "";
    for (const node of nodes) text += this.#node(node, dot);
    return text;
  }

  #fail(at: number, source: string, message: string): TemplateRunError {
    const { line, column } = position(this.#template.text, at);
    return new TemplateRunError(`template: :${line}:${column}: executing "" at <${source}>: ${message}`);
  }

  #node(node: Node, dot: Value): string {
    switch (node.kind) {
      case "text": return node.text;
      case "action": {
        const value = this.#pipe(node.pipe, dot);
        return node.pipe.variables.length > 0 ? "" : printed(value);
      }
      case "if":
      case "with": return this.#branch(node, dot);
      case "range": return this.#range(node, dot);
      case "template": return this.#call(node, dot);
      case "break":
      case "continue": throw new Leave(node.kind);
    }
  }

  #scoped(body: () => string): string {
    const size = this.#variables.length;
    try {
      return body();
    } finally {
      this.#variables.length = size;
    }
  }

  #branch(node: Extract<Node, { kind: "if" | "with" }>, dot: Value): string {
    return this.#scoped(() => {
      const value = this.#pipe(node.pipe, dot);
      if (!isTrue(value)) return this.all(node.otherwise, dot);
      return this.all(node.then, node.kind === "with" ? value : dot);
    });
  }

  #range(node: Extract<Node, { kind: "range" }>, dot: Value): string {
    return this.#scoped(() => {
      const size = this.#variables.length;
      const value = this.#pipe({ ...node.pipe, variables: [] }, dot);
      const items = entriesOf(value);
      if (items === undefined) {
        throw this.#fail(node.pipe.at, node.pipe.commands.map(commandSource).join(" | "), `range can't iterate over ${goString(value)}`);
      }
      let text = "";
      let count = 0;
      for (const [key, item] of items) {
        count += 1;
        this.#variables.length = size;
        this.#setRangeVariables(node.pipe, key, item);
        const turn = this.#turn(node.then, item);
        text += turn.text;
        if (turn.leaves) break;
      }
      return count === 0 ? this.all(node.otherwise, dot) : text;
    });
  }

  #setRangeVariables(pipe: Pipe, key: Value, item: Value): void {
    const values = pipe.variables.length === 1 ? [item] : [key, item];
    for (const [index, name] of pipe.variables.entries()) this.#set({ name, value: values[index], assigns: pipe.assigns });
  }

  /** One turn of a loop; text written before a `break` or `continue` stays. */
  #turn(nodes: readonly Node[], dot: Value): { readonly text: string; readonly leaves: boolean } {
    let text = "";
    const write = (part: string): void => { text += part; };
    try {
      for (const node of nodes) write(this.#loopNode(node, dot, write));
      return { text, leaves: false };
    } catch (error) {
      if (!(error instanceof Leave)) throw error;
      return { text, leaves: error.kind === "break" };
    }
  }

  /** An `if` or `with` in a loop gives out its text piece by piece, so that leaving inside it loses none. */
  #loopNode(node: Node, dot: Value, write: (part: string) => void): string {
    if (node.kind !== "if" && node.kind !== "with") return this.#node(node, dot);
    return this.#scoped(() => {
      const value = this.#pipe(node.pipe, dot);
      const inner = isTrue(value) && node.kind === "with" ? value : dot;
      for (const child of isTrue(value) ? node.then : node.otherwise) write(this.#loopNode(child, inner, write));
      return "";
    });
  }

  #call(node: Extract<Node, { kind: "template" }>, dot: Value): string {
    const body = this.#template.defined.get(node.name);
    if (body === undefined) throw this.#fail(node.at, `{{template ${JSON.stringify(node.name)}}}`, `template ${JSON.stringify(node.name)} not defined`);
    if (this.#depth === deepest) throw this.#fail(node.at, `{{template ${JSON.stringify(node.name)}}}`, `exceeded maximum template depth (${deepest})`);
    const value = node.pipe === undefined ? undefined : this.#pipe(node.pipe, dot);
    const outer = this.#variables;
    this.#variables = [{ name: "$", value }];
    this.#depth += 1;
    try {
      return this.all(body, value);
    } finally {
      this.#variables = outer;
      this.#depth -= 1;
    }
  }

  #pipe(pipe: Pipe, dot: Value): Value {
    let value: Value = nothing;
    for (const command of pipe.commands) value = this.#command(command, dot, value);
    for (const name of pipe.variables) this.#set({ name, value, assigns: pipe.assigns });
    return value;
  }

  #set({ name, value, assigns }: { readonly name: string; readonly value: Value; readonly assigns: boolean }): void {
    const known = assigns ? this.#variables.findLast((variable) => variable.name === name) : undefined;
    if (known === undefined) this.#variables.push({ name, value });
    else known.value = value;
  }

  #command(command: Command, dot: Value, final: Value): Value {
    const [first, ...args] = command.operands;
    if (first === undefined) return undefined;
    switch (first.kind) {
      case "function": return this.#function({ first, command, args, dot, final });
      case "field": return this.#path({ at: first.at, operand: first, of: dot, path: first.path, args: this.#arguments(args, dot, final) });
      case "variable": {
        const value = this.#variables.findLast((variable) => variable.name === first.name)?.value;
        if (first.path.length === 0) return this.#noArguments(first, { args, final, value });
        return this.#path({ at: first.at, operand: first, of: value, path: first.path, args: this.#arguments(args, dot, final) });
      }
      case "chain": {
        const of = this.#operand(first.of, dot);
        return this.#path({ at: first.at, operand: first, of, path: first.path, args: this.#arguments(args, dot, final) });
      }
      case "nil": throw this.#fail(first.at, "nil", "nil is not a command");
      default: return this.#noArguments(first, { args, final, value: this.#operand(first, dot) });
    }
  }

  #noArguments(operand: Operand, { args, final, value }: { readonly args: readonly Operand[]; readonly final: Value; readonly value: Value }): Value {
    if (args.length > 0 || final !== nothing) {
      throw this.#fail(operand.at, operandSource(operand), `can't give argument to non-function ${operandSource(operand)}`);
    }
    return value;
  }

  #arguments(args: readonly Operand[], dot: Value, final: Value): Value[] {
    const values = args.map((operand) => this.#operand(operand, dot));
    if (final !== nothing) values.push(final);
    return values;
  }

  #operand(operand: Operand, dot: Value): Value {
    switch (operand.kind) {
      case "dot": return dot;
      case "nil": return null;
      case "literal": return operand.value;
      case "pipe": return this.#pipe(operand, dot);
      default: return this.#command({ at: operand.at, operands: [operand] }, dot, nothing);
    }
  }

  #path(step: { readonly at: number; readonly operand: Operand; readonly of: Value; readonly path: readonly string[]; readonly args: readonly Value[] }): Value {
    let value = step.of;
    for (const [index, name] of step.path.entries()) {
      const args = index === step.path.length - 1 ? step.args : [];
      value = this.#field(value, { name, args, at: step.at, source: operandSource(step.operand) });
    }
    return value;
  }

  #field(value: Value, field: { readonly name: string; readonly args: readonly Value[]; readonly at: number; readonly source: string }): Value {
    const { name, args, at, source } = field;
    if (isRow(value) || value instanceof Map || isStruct(value)) {
      const found: Value = value instanceof Map ? value.get(name) : Object.hasOwn(value, name) ? value[name] : undefined;
      if (typeof found === "function") return this.#method(found as (...args: readonly Value[]) => Value, field);
      if (found !== undefined) {
        if (args.length > 0) throw this.#fail(at, source, `${name} has arguments but cannot be invoked as function`);
        return found;
      }
      if (isRow(value)) throw this.#fail(at, source, `can't evaluate field ${name} in type ${goType(value)}`);
      if (this.#missing === "error" && !(value instanceof Map)) throw this.#fail(at, source, `map has no entry for key ${JSON.stringify(name)}`);
      return undefined;
    }
    if (value === null || value === undefined) throw this.#fail(at, source, `nil pointer evaluating interface {}.${name}`);
    throw this.#fail(at, source, `can't evaluate field ${name} in type ${this.#isTyped ? goType(value) : "interface {}"}`);
  }

  #method(method: (...args: readonly Value[]) => Value, field: { readonly name: string; readonly args: readonly Value[]; readonly at: number; readonly source: string }): Value {
    if (method.length !== field.args.length) {
      throw this.#fail(field.at, field.source, `wrong number of args for ${field.name}: want ${method.length} got ${field.args.length}`);
    }
    return method(...field.args);
  }

  #function(step: {
    readonly first: Extract<Operand, { kind: "function" }>;
    readonly command: Command;
    readonly args: readonly Operand[];
    readonly dot: Value;
    readonly final: Value;
  }): Value {
    const { first, command, args, dot, final } = step;
    const { name } = first;
    const known = this.#functions[name];
    const source = commandSource(command);
    const count = args.length + (final === nothing ? 0 : 1);
    if (known === undefined) throw this.#fail(first.at, name, `${JSON.stringify(name)} is not a defined function`);
    if (count < known.min || count > known.max) {
      const wanted = known.max === Number.POSITIVE_INFINITY ? `at least ${known.min}` : String(known.min);
      throw this.#fail(first.at, source, `wrong number of args for ${name}: want ${wanted} got ${count}`);
    }
    if (name === "and" || name === "or") return this.#shortCircuit(name, args, { dot, final });
    const values = this.#arguments(args, dot, final);
    for (const [index, type] of (known.types ?? []).entries()) this.#checkType(values[index], type, { operand: args[index], at: first.at, source });
    try {
      return known.call(values);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      const subject = name === "call" && args[0] !== undefined ? reason.replace("non-function", `non-function ${operandSource(args[0])}`) : reason;
      throw this.#fail(first.at, source, `error calling ${name}: ${subject}`);
    }
  }

  #shortCircuit(name: "and" | "or", args: readonly Operand[], { dot, final }: { readonly dot: Value; readonly final: Value }): Value {
    let value: Value = undefined;
    for (const operand of args) {
      value = this.#operand(operand, dot);
      if (isTrue(value) === (name === "or")) return value;
    }
    return final === nothing ? value : final;
  }

  #checkType(
    value: Value,
    type: "string" | "int" | "list" | undefined,
    { operand, at, source }: { readonly operand: Operand | undefined; readonly at: number; readonly source: string },
  ): void {
    const isGood = type === undefined || (type === "string" ? typeof value === "string" : type === "int" ? isInteger(value) : isList(value));
    if (isGood) return;
    const wanted = type === "int" ? "int" : type === "string" ? "string" : "[]string";
    if (operand?.kind === "literal") {
      throw this.#fail(operand.at, operandSource(operand), `expected ${type === "int" ? "integer" : wanted}; found ${operandSource(operand)}`);
    }
    const given = value === null || value === undefined ? "invalid value; expected" : `wrong type for value; expected ${wanted}; got ${goType(value)}`;
    const message = given.startsWith("invalid") ? `${given} ${wanted}` : given;
    throw this.#fail(operand?.at ?? at, operand === undefined ? source : operandSource(operand), message);
  }
}

function printed(value: Value): string {
  return value === undefined || value === null ? "<no value>" : goString(value);
}

/** Keys and items that `range` goes over; undefined where it cannot. */
function entriesOf(value: Value): Iterable<readonly [Value, Value]> | undefined {
  if (value === null || value === undefined) return [];
  if (isList(value)) return value.entries();
  if (value instanceof Map) return [...(value as ReadonlyMap<string, Value>)].sort(([a], [b]) => (a < b ? -1 : 1));
  if (isInteger(value)) return Array.from({ length: Math.max(Number(value), 0) }, (_, index) => [index, index] as const);
  if (isStruct(value) && !isRow(value)) return Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return undefined;
}
