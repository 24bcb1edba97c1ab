import { decode, encode } from "dns-packet";
import type { Answer, Packet } from "dns-packet";
import { lookUp, lookUpAddress, reverseAddress } from "./names.ts";
import type { NameView } from "./names.ts";

/** What becomes of a query: an answer of our own, a question for the host's resolvers, or nothing for what is no query. */
export type Verdict =
  | { readonly kind: "answer"; readonly message: Buffer }
  | { readonly kind: "forward" }
  | { readonly kind: "ignore" };

export interface AnswerOptions {
  readonly view: NameView;
  /** Largest message that the client takes over datagrams; absent: a connection, which takes all. */
  readonly datagram: boolean;
  /** A container that may ask nobody outside. */
  readonly isInternal: boolean;
  /** Which of several addresses comes first, so that clients spread. */
  readonly turn: number;
}

/** Seconds. Short, since a container that starts again may have another address. */
const timeToLive = 5;
const plainDatagramSize = 512;
const responseCodes = { formatError: 1, nameError: 3, refused: 5 } as const;
const flags = { recursionDesired: 0x100, recursionAvailable: 0x80, truncated: 0x200 } as const;
const headerSize = 12;

/** Decides on one query; pure. */
export function answerQuery(query: Buffer, options: AnswerOptions): Verdict {
  // A response, or less than a header, is answered by nobody: two servers would talk to each other for ever.
  if (query.length < headerSize || (query.readUInt8(2) & 0x80) !== 0) return { kind: "ignore" };
  const packet = decodeOrNothing(query);
  const [question, more] = packet?.questions ?? [];
  if (packet === undefined || question === undefined || more !== undefined || packet.opcode !== "QUERY") {
    return { kind: "answer", message: failure(query, responseCodes.formatError) };
  }
  const answers = ownAnswers(question, options);
  if (answers !== undefined) return { kind: "answer", message: respond(packet, answers, options) };
  if (!options.isInternal) return { kind: "forward" };
  return { kind: "answer", message: failure(query, responseCodes.nameError) };
}

/** The query thrown back with a code and nothing else, whatever is in it. */
export function failure(query: Buffer, code: number): Buffer {
  const header = Buffer.alloc(headerSize);
  query.copy(header, 0, 0, 2);
  header.writeUInt16BE(0x8000 | (query.readUInt16BE(2) & (0x7800 | flags.recursionDesired)) | flags.recursionAvailable | code, 2);
  const question = code === responseCodes.formatError ? undefined : questionBytes(query);
  if (question !== undefined) header.writeUInt16BE(1, 4);
  return Buffer.concat([header, question ?? Buffer.alloc(0)]);
}

function ownAnswers(question: { name: string; type: string }, { view, turn }: AnswerOptions): Answer[] | undefined {
  const { name, type } = question;
  if (type === "PTR") {
    const address = reverseAddress(name);
    const found = address === undefined ? undefined : lookUpAddress(view, address);
    return found === undefined ? undefined : [{ type: "PTR", name, ttl: timeToLive, data: found }];
  }
  const addresses = lookUp(view, name, type === "AAAA" ? 6 : 4);
  if (addresses === undefined) return undefined;
  if (type !== "A" && type !== "AAAA") return [];
  return rotated(addresses, turn).map((data) => ({ type, name, ttl: timeToLive, data }));
}

function respond(query: Packet, answers: readonly Answer[], { datagram }: AnswerOptions): Buffer {
  const extension = query.additionals?.find(({ type }) => type === "OPT");
  const size = extension !== undefined && "udpPayloadSize" in extension ? Math.max(extension.udpPayloadSize, plainDatagramSize) : plainDatagramSize;
  const message = (list: readonly Answer[], extra: number): Buffer => encode({
    type: "response",
    id: query.id ?? 0,
    flags: ((query.flags ?? 0) & flags.recursionDesired) | flags.recursionAvailable | extra,
    questions: query.questions ?? [],
    answers: [...list],
    additionals: extension === undefined ? [] : [{ type: "OPT", name: ".", udpPayloadSize: 4096, flags: 0, flag_do: false, ednsVersion: 0, extendedRcode: 0, options: [] }],
  });
  const whole = message(answers, 0);
  return datagram && whole.length > size ? message([], flags.truncated) : whole;
}

function rotated<T>(list: readonly T[], turn: number): T[] {
  const first = list.length === 0 ? 0 : turn % list.length;
  return [...list.slice(first), ...list.slice(0, first)];
}

function decodeOrNothing(query: Buffer): (Packet & { opcode?: string }) | undefined {
  try {
    return decode(query);
  } catch {
    // The bytes are a container's, and may be anything.
    return undefined;
  }
}

/** The first question as it stands in the query; undefined where it runs past the end or is compressed. */
function questionBytes(query: Buffer): Buffer | undefined {
  let at = headerSize;
  while (at < query.length && query[at] !== 0) {
    const length = query.readUInt8(at);
    if (length > 63) return undefined;
    at += length + 1;
  }
  const end = at + 5;
  return end > query.length ? undefined : query.subarray(headerSize, end);
}
