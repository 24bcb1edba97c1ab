import { TemplateSyntaxError } from "./template-error.ts";

export type TokenKind =
  | "text" | "left" | "right" | "field" | "variable" | "identifier" | "keyword" | "bool" | "nil" | "dot" | "number" | "char"
  | "string" | "raw" | "pipe" | "declare" | "assign" | "comma" | "open" | "close" | "space" | "end";

export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
  /** Offset in the template's text. */
  readonly at: number;
}

const keywords: ReadonlySet<string> = new Set(["block", "break", "continue", "define", "else", "end", "if", "range", "template", "with"]);
const single: Readonly<Record<string, TokenKind>> = { "|": "pipe", ",": "comma", "(": "open", ")": "close", "=": "assign" };
const name = /[\p{L}\p{Nd}_]/u;
const number = /[+-]?(?:0[xXbBoO][0-9a-fA-F_.]+(?:[pP][+-]?[0-9_]+)?|[0-9_]*\.?[0-9_]*(?:[eE][+-]?[0-9_]+)?)i?/y;

/**
 * Cuts a template into tokens (Go text/template: actions between `{{` and `}}`, `{{-` and `-}}` trim, comments are dropped).
 * @throws TemplateSyntaxError
 */
export function tokenize(template: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  let trimNext = false;
  for (;;) {
    const open = template.indexOf("{{", at);
    const trimsLeft = open >= 0 && /^-\s/.test(template.slice(open + 2, open + 4));
    let text = open < 0 ? template.slice(at) : template.slice(at, open);
    if (trimNext) text = text.trimStart();
    if (trimsLeft) text = text.trimEnd();
    if (text !== "") tokens.push({ kind: "text", text, at });
    if (open < 0) break;
    const inside = open + (trimsLeft ? 3 : 2);
    const comment = skipComment(template, inside);
    const end = comment ?? readAction(template, { at: inside, open }, tokens);
    trimNext = end.trims;
    at = end.at;
  }
  tokens.push({ kind: "end", text: "", at: template.length });
  return tokens;
}

interface ActionEnd {
  readonly at: number;
  readonly trims: boolean;
}

function skipComment(template: string, at: number): ActionEnd | undefined {
  const lead = /^\s*\/\*/.exec(template.slice(at));
  if (lead === null) return undefined;
  const end = template.indexOf("*/", at + lead[0].length);
  if (end < 0) throw new TemplateSyntaxError(template, at, "unclosed comment");
  const closing = closingAt(template, end + 2);
  if (closing === undefined) throw new TemplateSyntaxError(template, end, "comment ends before closing delimiter");
  return closing;
}

/** The end of the action if one is here: `}}`, or space and `-}}`. */
function closingAt(template: string, at: number): ActionEnd | undefined {
  if (template.startsWith("}}", at)) return { at: at + 2, trims: false };
  const trimming = /^\s-}}/.exec(template.slice(at, at + 4));
  return trimming === null ? undefined : { at: at + 4, trims: true };
}

function readAction(template: string, from: { readonly at: number; readonly open: number }, tokens: Token[]): ActionEnd {
  tokens.push({ kind: "left", text: "{{", at: from.open });
  let at = from.at;
  let depth = 0;
  for (;;) {
    const closing = closingAt(template, at);
    if (closing !== undefined) {
      if (depth > 0) throw new TemplateSyntaxError(template, at, "unclosed left paren");
      tokens.push({ kind: "right", text: "}}", at });
      return closing;
    }
    const token = readToken(template, at);
    if (token.kind === "open") depth += 1;
    if (token.kind === "close") depth -= 1;
    if (depth < 0) throw new TemplateSyntaxError(template, at, "unexpected right paren");
    tokens.push(token);
    at += token.text.length;
  }
}

function readToken(template: string, at: number): Token {
  const char = template.charAt(at);
  if (char === "") throw new TemplateSyntaxError(template, at, "unclosed action");
  if (/\s/.test(char)) return { kind: "space", text: /^\s+?(?=\s-}}|\S|$)/.exec(template.slice(at))?.[0] ?? char, at };
  if (template.startsWith(":=", at)) return { kind: "declare", text: ":=", at };
  const simple = single[char];
  if (simple !== undefined) return { kind: simple, text: char, at };
  if (char === '"') return quoted(template, at);
  if (char === "`") return rawString(template, at);
  if (char === "'") return character(template, at);
  if (char === "." && !/[0-9]/.test(template.charAt(at + 1))) return field(template, at);
  if (/[0-9.+-]/.test(char)) return numeric(template, at);
  if (char === "$") return { kind: "variable", text: `$${wordAt(template, at + 1)}`, at };
  const word = wordAt(template, at);
  if (word === "") throw unexpectedCharacter(template, at);
  return { kind: wordKind(word), text: word, at };
}

function wordKind(word: string): TokenKind {
  if (keywords.has(word)) return "keyword";
  if (word === "true" || word === "false") return "bool";
  return word === "nil" ? "nil" : "identifier";
}

function wordAt(template: string, at: number): string {
  let end = at;
  while (end < template.length && name.test(template.charAt(end))) end += 1;
  const after = template.charAt(end);
  if (end > at && after !== "" && !/[\s.,|:=()]/.test(after) && !template.startsWith("}}", end)) throw unexpectedCharacter(template, end);
  return template.slice(at, end);
}

function field(template: string, at: number): Token {
  const word = wordAt(template, at + 1);
  return word === "" ? { kind: "dot", text: ".", at } : { kind: "field", text: `.${word}`, at };
}

function quoted(template: string, at: number): Token {
  const match = /^"(?:[^"\\\n]|\\[^\n])*"/.exec(template.slice(at));
  if (match === null) throw new TemplateSyntaxError(template, at, "unterminated quoted string");
  return { kind: "string", text: match[0], at };
}

function rawString(template: string, at: number): Token {
  const end = template.indexOf("`", at + 1);
  if (end < 0) throw new TemplateSyntaxError(template, at, "unterminated raw quoted string");
  return { kind: "raw", text: template.slice(at, end + 1), at };
}

function character(template: string, at: number): Token {
  const match = /^'(?:[^'\\\n]|\\[^\n])*'/.exec(template.slice(at));
  if (match === null) throw new TemplateSyntaxError(template, at, "unterminated character constant");
  return { kind: "char", text: match[0], at };
}

function numeric(template: string, at: number): Token {
  number.lastIndex = at;
  const text = number.exec(template)?.[0] ?? "";
  if (text === "" || text === "+" || text === "-" || name.test(template.charAt(at + text.length))) {
    const word = /^[^\s|(){}]*/.exec(template.slice(at))?.[0] ?? "";
    throw new TemplateSyntaxError(template, at, `bad number syntax: ${JSON.stringify(word)}`);
  }
  return { kind: "number", text, at };
}

function unexpectedCharacter(template: string, at: number): TemplateSyntaxError {
  const code = template.codePointAt(at) ?? 0;
  const hex = code.toString(16).toUpperCase().padStart(4, "0");
  const place = name.test(template.charAt(at - 1)) || template.charAt(at) === "}" ? "bad" : "unexpected";
  const known = place === "bad" ? "bad character" : "unrecognized character in action:";
  return new TemplateSyntaxError(template, at, `${known} U+${hex} '${String.fromCodePoint(code)}'`);
}
