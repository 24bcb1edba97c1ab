import { EngineError } from "../../base/index.ts";

/**
 * Parsed JSON. Objects are maps, so that a name such as "__proto__" is a name like any other.
 */
export type JsonValue = null | boolean | number | string | readonly JsonValue[] | JsonObject;
export type JsonObject = ReadonlyMap<string, JsonValue>;

const deepest = 100;

/**
 * Parses a whole document (RFC 8259). Stricter than JSON.parse where two readers of one text could come to different
 * values: a name given twice in an object is refused, and so is anything after the document.
 * @throws EngineError `invalid-argument`, "invalid JSON: …".
 */
export function parseJson(text: string): JsonValue {
  const reader = new JsonReader(text);
  const value = reader.value(0);
  reader.end();
  return value;
}

class JsonReader {
  private readonly text: string;
  private at = 0;

  constructor(text: string) {
    this.text = text;
  }

  end(): void {
    this.skipSpace();
    if (this.at < this.text.length) throw this.unexpected("after the document");
  }

  value(depth: number): JsonValue {
    if (depth > deepest) throw invalid(`nested more than ${deepest} deep`);
    this.skipSpace();
    switch (this.text.charAt(this.at)) {
      case "{":
        return this.object(depth);
      case "[":
        return this.array(depth);
      case '"':
        return this.string();
      case "t":
        return this.word("true", true);
      case "f":
        return this.word("false", false);
      case "n":
        return this.word("null", null);
      default:
        return this.number();
    }
  }

  private object(depth: number): JsonObject {
    const members = new Map<string, JsonValue>();
    this.at += 1;
    if (this.takes("}")) return members;
    do {
      this.skipSpace();
      if (this.text.charAt(this.at) !== '"') throw this.unexpected("where a name in quotes is due");
      const name = this.string();
      if (members.has(name)) throw invalid(`${JSON.stringify(name.slice(0, 80))} is given twice in one object`);
      if (!this.takes(":")) throw this.unexpected("after a name");
      members.set(name, this.value(depth + 1));
    } while (this.takes(","));
    if (!this.takes("}")) throw this.unexpected("in an object");
    return members;
  }

  private array(depth: number): readonly JsonValue[] {
    const items: JsonValue[] = [];
    this.at += 1;
    if (this.takes("]")) return items;
    do items.push(this.value(depth + 1));
    while (this.takes(","));
    if (!this.takes("]")) throw this.unexpected("in an array");
    return items;
  }

  private string(): string {
    const start = this.at;
    let end = start + 1;
    for (;;) {
      const code = this.text.charCodeAt(end);
      if (Number.isNaN(code)) throw invalid("a string does not end");
      if (code < 0x20) throw invalid(`control character in a string at offset ${end}`);
      if (code === 0x22) break;
      end += code === 0x5c ? 2 : 1;
    }
    this.at = end + 1;
    const body = this.text.slice(start + 1, end);
    return body.includes("\\") ? this.unescape(body, start) : body;
  }

  private unescape(body: string, start: number): string {
    return body.replace(/\\(?:u([0-9a-fA-F]{4})|(.?))/gs, (_, code: string | undefined, letter: string | undefined) => {
      if (code !== undefined) return String.fromCharCode(parseInt(code, 16));
      const character = escapes[letter ?? ""];
      if (character === undefined) throw invalid(`unknown escape in the string at offset ${start}`);
      return character;
    });
  }

  private number(): number {
    const pattern = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text);
    if (found === null) throw this.unexpected("where a value is due");
    this.at = pattern.lastIndex;
    const value = Number(found[0]);
    if (!Number.isFinite(value)) throw invalid(`the number at offset ${this.at - found[0].length} is too large`);
    return value;
  }

  private word<T>(word: string, value: T): T {
    if (!this.text.startsWith(word, this.at)) throw this.unexpected("where a value is due");
    this.at += word.length;
    return value;
  }

  private takes(character: string): boolean {
    this.skipSpace();
    if (this.text.charAt(this.at) !== character) return false;
    this.at += 1;
    return true;
  }

  private skipSpace(): void {
    while (" \t\r\n".includes(this.text.charAt(this.at)) && this.at < this.text.length) this.at += 1;
  }

  private unexpected(where: string): EngineError {
    if (this.at >= this.text.length) return invalid("unexpected end of JSON input");
    return invalid(`invalid character ${JSON.stringify(this.text.charAt(this.at))} ${where}, at offset ${this.at}`);
  }
}

const escapes: Readonly<Record<string, string | undefined>> = {
  '"': '"', "\\": "\\", "/": "/", b: "\b", f: "\f", n: "\n", r: "\r", t: "\t",
};

function invalid(reason: string): EngineError {
  return new EngineError("invalid-argument", `invalid JSON: ${reason}`);
}
