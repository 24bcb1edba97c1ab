import { goExponent, goFloat, goQuote, goString, goType, isInteger, isList, type Value } from "./value.ts";

interface Directive {
  readonly flags: string;
  readonly width: number | undefined;
  readonly precision: number | undefined;
  readonly verb: string;
}

const pattern = /%([-+# 0]*)(?:(\d+)|(\*))?(?:\.(?:(\d+)|(\*))?)?(?:\[(\d+)\])?([^])?/gu;

/** `fmt.Sprintf` for the values of templates, with Go's own reports of a wrong verb, a missing and a surplus argument. */
export function goPrintf(format: string, args: readonly Value[]): string {
  let next = 0;
  const text = format.replace(pattern, (match: string, ...groups: (string | undefined)[]) => {
    const [flags = "", width, starWidth, precision, starPrecision, index, verb] = groups;
    if (verb === undefined) return "%!(NOVERB)";
    if (verb === "%") return "%";
    const takenWidth = starWidth === undefined ? width : String(args[next++]);
    const takenPrecision = starPrecision === undefined ? precision ?? (/\.(?:\D|$)/.test(match) ? "0" : undefined) : String(args[next++]);
    if (index !== undefined) next = Number(index) - 1;
    if (next >= args.length) return `%!${verb}(${index === undefined ? "MISSING" : "BADINDEX"})`;
    const wanted = takenWidth === undefined ? undefined : Number(takenWidth);
    return formatOne(args[next++], {
      flags: (wanted ?? 0) < 0 ? `${flags}-` : flags,
      width: wanted === undefined ? undefined : Math.abs(wanted),
      precision: takenPrecision === undefined ? undefined : Number(takenPrecision),
      verb,
    });
  });
  if (next >= args.length || /%[^%a-zA-Z]*\[\d+\]/.test(format)) return text;
  const extra = args.slice(next).map((value) => (value === null || value === undefined ? "<nil>" : `${goType(value)}=${goString(value)}`));
  return `${text}%!(EXTRA ${extra.join(", ")})`;
}

function formatOne(value: Value, directive: Directive): string {
  const { flags, verb } = directive;
  if (isList(value) && !"vTp".includes(verb)) return `[${value.map((item) => formatOne(item, directive)).join(" ")}]`;
  const text = body(value, directive);
  if (text === undefined) return badVerb(value, verb);
  const isNumber = typeof value === "number" || typeof value === "bigint";
  const fillsZeros = flags.includes("0") && !flags.includes("-") && (isNumber ? directive.precision === undefined || !isInteger(value) : true);
  return pad(text, directive.width ?? 0, flags.includes("-") ? "left" : fillsZeros ? "zeros" : "right");
}

function pad(text: string, width: number, how: "left" | "right" | "zeros"): string {
  const missing = width - Array.from(text).length;
  if (missing <= 0) return text;
  if (how === "left") return text + " ".repeat(missing);
  if (how === "right") return " ".repeat(missing) + text;
  const sign = /^[+-]/.test(text) ? text.charAt(0) : "";
  return sign + "0".repeat(missing) + text.slice(sign.length);
}

function badVerb(value: Value, verb: string): string {
  if (value === null || value === undefined) return `%!${verb}(<nil>)`;
  return `%!${verb}(${goType(value)}=${goString(value)})`;
}

function body(value: Value, directive: Directive): string | undefined {
  const { verb, flags } = directive;
  if (verb === "v") return plain(value, directive);
  if (verb === "T") return value === null || value === undefined ? "<nil>" : goType(value);
  if (typeof value === "string") return stringBody(value, directive);
  if (typeof value === "boolean") return verb === "t" ? String(value) : undefined;
  if (isInteger(value)) return signed(integerBody(BigInt(value), directive), flags);
  if (typeof value === "number") return signed(floatBody(value, directive), flags);
  return verb === "s" && value !== null && value !== undefined ? goString(value) : undefined;
}

function plain(value: Value, { flags, precision }: Directive): string {
  if (flags.includes("#")) return goSyntax(value);
  if (value === null || value === undefined) return "<nil>";
  if (typeof value === "number" && !Number.isInteger(value)) return signed(precision === undefined ? goFloat(value) : general(value, precision), flags) ?? "";
  if (isInteger(value)) return signed(value.toString(), flags) ?? "";
  return goString(value, flags.includes("+") ? "+v" : "v");
}

function goSyntax(value: Value): string {
  if (typeof value === "string") return goQuote(value);
  if (value === null || value === undefined) return "<nil>";
  if (isList(value)) return `[]interface {}{${value.map(goSyntax).join(", ")}}`;
  if (typeof value !== "object") return goString(value);
  const entries: [string, Value][] = value instanceof Map ? [...(value as ReadonlyMap<string, Value>)] : Object.entries(value);
  return `map[string]interface {}{${entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, item]) => `${goQuote(key)}:${goSyntax(item)}`).join(", ")}}`;
}

function signed(text: string | undefined, flags: string): string | undefined {
  if (text === undefined || text.startsWith("-")) return text;
  if (flags.includes("+")) return `+${text}`;
  return flags.includes(" ") ? ` ${text}` : text;
}

function stringBody(value: string, { verb, flags, precision }: Directive): string | undefined {
  const text = precision === undefined ? value : Array.from(value).slice(0, precision).join("");
  switch (verb) {
    case "s": return text;
    case "q": return flags.includes("#") && !text.includes("`") ? `\`${text}\`` : goQuote(text);
    case "x": return hex(text, flags);
    case "X": return hex(text, flags).toUpperCase();
    default: return undefined;
  }
}

function hex(text: string, flags: string): string {
  const bytes = [...Buffer.from(text)].map((byte) => byte.toString(16).padStart(2, "0"));
  if (flags.includes(" ")) return bytes.map((byte) => (flags.includes("#") ? `0x${byte}` : byte)).join(" ");
  return (flags.includes("#") && bytes.length > 0 ? "0x" : "") + bytes.join("");
}

const bases: Readonly<Record<string, readonly [number, string]>> = { d: [10, ""], x: [16, "0x"], X: [16, "0X"], o: [8, "0"], O: [8, ""], b: [2, "0b"] };

function integerBody(value: bigint, { verb, flags, precision }: Directive): string | undefined {
  const base = bases[verb];
  const code = Number(value);
  if (verb === "c") return String.fromCodePoint(code);
  if (verb === "q") return `'${String.fromCodePoint(code)}'`;
  if (verb === "U") return `U+${code.toString(16).toUpperCase().padStart(4, "0")}`;
  if (base === undefined) return undefined;
  const [radix, prefix] = base;
  const size = (value < 0n ? -value : value).toString(radix).padStart(precision ?? 0, "0");
  const digits = verb === "X" ? size.toUpperCase() : size;
  return `${value < 0n ? "-" : ""}${verb === "O" ? "0o" : flags.includes("#") ? prefix : ""}${digits}`;
}

function floatBody(value: number, { verb, precision }: Directive): string | undefined {
  switch (verb) {
    case "f":
    case "F": return value.toFixed(precision ?? 6);
    case "e": return goExponent(value.toExponential(precision ?? 6));
    case "E": return goExponent(value.toExponential(precision ?? 6)).toUpperCase();
    case "g": return precision === undefined ? shortest(value) : general(value, precision);
    case "G": return (precision === undefined ? shortest(value) : general(value, precision)).toUpperCase();
    default: return undefined;
  }
}

/** `%g` alone: as `%v`, but with an exponent from 1e6 on. */
function shortest(value: number): string {
  return Math.abs(value) < 1e6 ? goFloat(value) : goExponent(value.toExponential());
}

/** `%.Ng`: N significant digits, trailing zeros dropped, an exponent where it is shorter. */
function general(value: number, precision: number): string {
  const digits = Math.max(precision, 1);
  const exponent = value === 0 ? 0 : Math.floor(Math.log10(Math.abs(Number(value.toPrecision(digits)))));
  if (exponent >= -4 && exponent < digits) {
    const text = value.toFixed(Math.max(digits - 1 - exponent, 0));
    return text.includes(".") ? text.replace(/\.?0+$/, "") : text;
  }
  return goExponent(value.toExponential(digits - 1).replace(/\.?0+e/, "e"));
}
