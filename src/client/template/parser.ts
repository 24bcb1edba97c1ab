import { parseNumber, unquote } from "./literal.ts";
import { tokenize, type Token, type TokenKind } from "./lexer.ts";
import type { Command, Node, Operand, Pipe } from "./node.ts";
import { TemplateSyntaxError } from "./template-error.ts";

export interface ParsedTemplate {
  readonly text: string;
  readonly root: readonly Node[];
  /** Bodies of `define` and `block`, by name. */
  readonly defined: ReadonlyMap<string, readonly Node[]>;
}

/**
 * Parses a Go template.
 * @param functions the names that may be called
 * @throws TemplateSyntaxError in Go's words.
 */
export function parseTemplate(text: string, functions: ReadonlySet<string>): ParsedTemplate {
  return new Parser(text, functions).parse();
}

type BlockEnd = "end" | "else" | "eof";

class Parser {
  readonly #text: string;
  readonly #functions: ReadonlySet<string>;
  readonly #tokens: readonly Token[];
  readonly #defined = new Map<string, readonly Node[]>();
  #next = 0;
  #variables: string[] = ["$"];
  #rangeDepth = 0;

  constructor(text: string, functions: ReadonlySet<string>) {
    this.#text = text;
    this.#functions = functions;
    this.#tokens = tokenize(text);
  }

  parse(): ParsedTemplate {
    const { nodes, end } = this.#list();
    if (end !== "eof") throw this.#error(`unexpected {{${end}}}`);
    return { text: this.#text, root: nodes, defined: this.#defined };
  }

  #error(message: string): TemplateSyntaxError {
    return new TemplateSyntaxError(this.#text, this.#peek().at, message);
  }

  #peek(): Token {
    return this.#tokens[Math.min(this.#next, this.#tokens.length - 1)] ?? { kind: "end", text: "", at: this.#text.length };
  }

  #take(): Token {
    const token = this.#peek();
    this.#next += 1;
    return token;
  }

  #skipSpace(): Token {
    while (this.#peek().kind === "space") this.#next += 1;
    return this.#peek();
  }

  #expect(kind: TokenKind, context: string): Token {
    const token = this.#skipSpace();
    if (token.kind !== kind) throw this.#unexpected(token, context);
    return this.#take();
  }

  #unexpected(token: Token, context: string): TemplateSyntaxError {
    if (token.kind === "end") return this.#error("unexpected EOF");
    const shown = token.kind === "keyword" || token.kind === "left" || token.kind === "right" ? `<${token.text}>` : JSON.stringify(token.text);
    return this.#error(`unexpected ${token.kind === "right" ? '"}}"' : shown} in ${context}`);
  }

  #list(): { readonly nodes: Node[]; readonly end: BlockEnd } {
    const nodes: Node[] = [];
    for (;;) {
      const token = this.#take();
      if (token.kind === "end") return { nodes, end: "eof" };
      if (token.kind === "text") {
        nodes.push({ kind: "text", text: token.text });
        continue;
      }
      const item = this.#action();
      if (item === "end" || item === "else") return { nodes, end: item };
      if (item !== undefined) nodes.push(item);
    }
  }

  /** What one action makes; "end" and "else" close a list, nothing is a definition. */
  #action(): Node | "end" | "else" | undefined {
    const token = this.#skipSpace();
    if (token.kind !== "keyword") {
      if (token.kind === "right") throw this.#error("missing value for command");
      return { kind: "action", pipe: this.#pipeline("command", "right") };
    }
    this.#take();
    switch (token.text) {
      case "end":
        this.#expect("right", "end");
        return "end";
      case "else":
        return "else";
      case "if":
      case "with":
        return this.#control(token.text);
      case "range":
        return this.#range(token.at);
      case "break":
      case "continue":
        if (this.#rangeDepth === 0) throw this.#error(`{{${token.text}}} outside {{range}}`);
        this.#expect("right", token.text);
        return { kind: token.text };
      case "define":
        this.#define();
        return undefined;
      case "block":
        return this.#block();
      default:
        return this.#template();
    }
  }

  #control(kind: "if" | "with"): Node {
    const scope = this.#variables.length;
    const pipe = this.#pipeline(kind, "right");
    const { then, otherwise } = this.#branches(kind);
    this.#variables.length = scope;
    return { kind, pipe, then, otherwise };
  }

  #range(at: number): Node {
    const scope = this.#variables.length;
    const pipe = this.#pipeline("range", "right");
    this.#rangeDepth += 1;
    const { then, otherwise } = this.#branches("range");
    this.#rangeDepth -= 1;
    this.#variables.length = scope;
    return { kind: "range", at, pipe, then, otherwise };
  }

  #branches(kind: "if" | "with" | "range"): { readonly then: Node[]; readonly otherwise: Node[] } {
    const { nodes: then, end } = this.#list();
    if (end === "eof") throw this.#error("unexpected EOF");
    if (end === "end") return { then, otherwise: [] };
    const token = this.#skipSpace();
    if (token.kind === "keyword" && token.text === kind && kind !== "range") {
      this.#take();
      return { then, otherwise: [this.#control(kind)] };
    }
    this.#expect("right", "else");
    const { nodes: otherwise, end: last } = this.#list();
    if (last === "eof") throw this.#error("unexpected EOF");
    if (last === "else") throw this.#error("expected end; found {{else}}");
    return { then, otherwise };
  }

  #name(context: string): string {
    const token = this.#skipSpace();
    if (token.kind !== "string" && token.kind !== "raw") throw this.#unexpected(token, context);
    this.#take();
    return token.kind === "raw" ? token.text.slice(1, -1) : unquote(token.text) ?? "";
  }

  #define(): void {
    const name = this.#name("define clause");
    this.#expect("right", "define clause");
    this.#defineBody(name, "define clause");
  }

  #defineBody(name: string, context: string): void {
    const outer = this.#variables;
    const depth = this.#rangeDepth;
    this.#variables = ["$"];
    this.#rangeDepth = 0;
    const { nodes, end } = this.#list();
    if (end === "eof") throw this.#error("unexpected EOF");
    if (end === "else") throw this.#error(`unexpected {{else}} in ${context}`);
    this.#defined.set(name, nodes);
    this.#variables = outer;
    this.#rangeDepth = depth;
  }

  #block(): Node {
    const at = this.#peek().at;
    const name = this.#name("block clause");
    const pipe = this.#pipeline("block clause", "right");
    this.#defineBody(name, "block clause");
    return { kind: "template", at, name, pipe };
  }

  #template(): Node {
    const at = this.#skipSpace().at;
    const name = this.#name("template clause");
    if (this.#skipSpace().kind === "right") {
      this.#take();
      return { kind: "template", at, name, pipe: undefined };
    }
    return { kind: "template", at, name, pipe: this.#pipeline("template clause", "right") };
  }

  #pipeline(context: string, end: "right" | "close"): Pipe {
    const at = this.#skipSpace().at;
    const { variables, assigns } = this.#declaration(context);
    const commands: Command[] = [];
    for (;;) {
      const token = this.#skipSpace();
      if (token.kind === end) break;
      if (token.kind === "end") throw this.#error("unexpected EOF");
      commands.push(this.#command(context));
      if (this.#skipSpace().kind !== "pipe") continue;
      this.#take();
      if (this.#skipSpace().kind === end) throw this.#error(`missing value for ${context}`);
    }
    this.#take();
    if (commands.length === 0) throw this.#error(`missing value for ${context}`);
    const pipe: Pipe = { kind: "pipe", at, variables, assigns, commands };
    for (const [index, command] of commands.entries()) {
      const first = command.operands[0]?.kind;
      const isExecutable = first !== "literal" && first !== "nil" && first !== "dot";
      if (index > 0 && !isExecutable) throw this.#error(`non executable command in pipeline stage ${index + 1}`);
    }
    if (!assigns) this.#variables.push(...variables);
    return pipe;
  }

  #declaration(context: string): { readonly variables: string[]; readonly assigns: boolean } {
    const start = this.#next;
    const variables: string[] = [];
    for (;;) {
      if (this.#skipSpace().kind !== "variable") break;
      variables.push(this.#take().text);
      const token = this.#skipSpace();
      if (token.kind === "declare" || token.kind === "assign") {
        this.#take();
        if (token.kind === "assign") for (const variable of variables) this.#known(variable);
        return { variables, assigns: token.kind === "assign" };
      }
      if (token.kind !== "comma" || context !== "range" || variables.length > 1) break;
      this.#take();
    }
    this.#next = start;
    return { variables: [], assigns: false };
  }

  #known(variable: string): void {
    if (!this.#variables.includes(variable)) throw this.#error(`undefined variable ${JSON.stringify(variable)}`);
  }

  #command(context: string): Command {
    const at = this.#skipSpace().at;
    const operands: Operand[] = [];
    for (;;) {
      this.#skipSpace();
      const operand = this.#operand();
      if (operand !== undefined) operands.push(operand);
      const token = this.#peek();
      if (token.kind === "space" && operand !== undefined) continue;
      if (token.kind === "pipe" || token.kind === "right" || token.kind === "close") break;
      throw this.#unexpected(token, operand === undefined ? context : "operand");
    }
    if (operands.length === 0) throw this.#error("empty command");
    return { at, operands };
  }

  #operand(): Operand | undefined {
    const term = this.#term();
    if (term === undefined || this.#peek().kind !== "field") return term;
    const at = this.#peek().at;
    const path: string[] = [];
    while (this.#peek().kind === "field") path.push(this.#take().text.slice(1));
    switch (term.kind) {
      case "field":
      case "variable":
        return { ...term, at, path: [...term.path, ...path] };
      case "literal":
      case "nil":
      case "dot":
        throw this.#error(`unexpected . after term ${JSON.stringify(term.kind === "literal" ? term.source : term.kind)}`);
      default:
        return { kind: "chain", at, of: term, path };
    }
  }

  #term(): Operand | undefined {
    const token = this.#peek();
    const { at, text } = token;
    const operand = this.#simpleTerm(token);
    if (operand !== undefined) {
      this.#take();
      return operand;
    }
    if (token.kind === "open") {
      this.#take();
      return this.#pipeline("parenthesized pipeline", "close");
    }
    if (token.kind === "identifier") {
      if (!this.#functions.has(text)) throw this.#error(`function ${JSON.stringify(text)} not defined`);
      this.#take();
      return { kind: "function", at, name: text };
    }
    return undefined;
  }

  #simpleTerm({ kind, text, at }: Token): Operand | undefined {
    switch (kind) {
      case "dot": return { kind: "dot", at };
      case "nil": return { kind: "nil", at };
      case "field": return { kind: "field", at, path: [text.slice(1)] };
      case "bool": return { kind: "literal", at, value: text === "true", source: text };
      case "raw": return { kind: "literal", at, value: text.slice(1, -1), source: text };
      case "variable":
        this.#known(text);
        return { kind: "variable", at, name: text, path: [] };
      case "string":
      case "char":
      case "number":
        return { kind: "literal", at, value: this.#literal(kind, text), source: text };
      default: return undefined;
    }
  }

  #literal(kind: "string" | "char" | "number", text: string): number | bigint | string {
    const value = kind === "number" ? parseNumber(text) : unquote(text);
    if (value === undefined) throw this.#error(kind === "number" ? `bad number syntax: ${JSON.stringify(text)}` : "invalid syntax");
    if (kind !== "char") return value;
    const characters = Array.from(String(value));
    if (characters.length !== 1) throw this.#error(`malformed character constant: ${text}`);
    return characters[0]?.codePointAt(0) ?? 0;
  }
}

