import { decode, encode } from "dns-packet";
import type { Packet, RecordType } from "dns-packet";
import { expect, test } from "bun:test";
import { answerQuery } from "./answer.ts";
import type { AnswerOptions } from "./answer.ts";
import { MessageReader, withLength } from "./forward.ts";
import { lookUp, reverseAddress } from "./names.ts";
import type { NamedEndpoint, NameView } from "./names.ts";

function endpoint(name: string, v4: string, wishes: { v6?: string; names?: string[]; network?: string } = {}): NamedEndpoint {
  return {
    containerId: `id-of-${name}`, containerName: name, networkName: wishes.network ?? "backend",
    addresses: new Map([[4, v4] as const, ...(wishes.v6 === undefined ? [] : [[6, wishes.v6] as const])]),
    names: new Set([name, ...(wishes.names ?? [])]),
  };
}

const view: NameView = {
  endpoints: [
    endpoint("web", "172.18.0.2", { v6: "fd00::2", names: ["abcdef123456", "www"] }),
    endpoint("db-1", "172.18.0.3", { names: ["db"] }),
    endpoint("db-2", "172.18.0.4", { names: ["db"] }),
    endpoint("web", "10.0.0.2", { network: "other" }),
  ],
  links: new Map([["store", "id-of-db-2"]]),
};
const options: AnswerOptions = { view, datagram: true, isInternal: false, turn: 0 };

function ask(name: string, type: RecordType = "A", wishes: Partial<AnswerOptions> = {}, packet: Partial<Packet> = {}): unknown {
  const query = encode({ type: "query", id: 77, flags: 0x100, questions: [{ name, type }], ...packet });
  const verdict = answerQuery(query, { ...options, ...wishes });
  if (verdict.kind !== "answer") return verdict.kind;
  const reply = decode(verdict.message) as ReturnType<typeof decode> & { rcode: string };
  expect(reply.id).toBe(77);
  expect(reply.questions).toMatchObject([{ name, type }]);
  if (reply.flag_tc) return "cut short";
  if (reply.rcode !== "NOERROR") return reply.rcode;
  return (reply.answers ?? []).map((answer) => ("data" in answer ? answer.data : ""));
}

test("names, ids, aliases and links, in any case, alone or with their network", () => {
  expect(ask("WWW")).toEqual(["172.18.0.2"]);
  expect(ask("abcdef123456")).toEqual(["172.18.0.2"]);
  expect(ask("web.backend")).toEqual(["172.18.0.2"]);
  expect(ask("web")).toEqual(["172.18.0.2", "10.0.0.2"]);
  expect(ask("store")).toEqual(["172.18.0.4"]);
});

test("several of one name take turns", () => {
  expect([0, 1, 2].map((turn) => ask("db", "A", { turn }))).toEqual([
    ["172.18.0.3", "172.18.0.4"], ["172.18.0.4", "172.18.0.3"], ["172.18.0.3", "172.18.0.4"],
  ]);
});

test("a name without an address of the family, or another type, is no answer and no error", () => {
  expect(ask("web", "AAAA")).toEqual(["fd00::2"]);
  expect(ask("db", "AAAA")).toEqual([]);
  expect(ask("web", "MX")).toEqual([]);
});

test("addresses have names in both families", () => {
  expect(ask("3.0.18.172.in-addr.arpa", "PTR")).toEqual(["db-1.backend"]);
  expect(ask(`3.${"0.".repeat(29)}d.f.ip6.arpa`, "PTR")).toBe("forward");
  expect(ask(`2.${"0.".repeat(29)}d.f.ip6.arpa`, "PTR")).toEqual(["web.backend"]);
  expect(reverseAddress("4.3.2.1.in-addr.arpa")).toBe("1.2.3.4");
  for (const wrong of ["4.3.2.in-addr.arpa", "400.3.2.1.in-addr.arpa", "x.ip6.arpa", "example.com"]) expect(reverseAddress(wrong)).toBeUndefined();
});

test("everything else goes outside, from an internal network nothing does", () => {
  expect(ask("example.com")).toBe("forward");
  expect(ask("webb")).toBe("forward");
  expect(ask("example.com", "A", { isInternal: true })).toBe("NXDOMAIN");
  expect(ask("8.8.8.8.in-addr.arpa", "PTR", { isInternal: true })).toBe("NXDOMAIN");
});

test("an answer that a datagram does not hold is cut short, unless the client takes larger ones or has a connection", () => {
  const crowd: NameView = { endpoints: Array.from({ length: 100 }, (_, index) => endpoint(`c${index}`, `10.1.0.${index}`, { names: ["many"] })), links: new Map() };
  expect(ask("many", "A", { view: crowd })).toBe("cut short");
  expect(ask("many", "A", { view: crowd, datagram: false })).toHaveLength(100);
  const extension = { type: "OPT", name: ".", udpPayloadSize: 4096, flags: 0, flag_do: false, ednsVersion: 0, extendedRcode: 0, options: [] } as const;
  expect(ask("many", "A", { view: crowd }, { additionals: [{ ...extension, options: [] }] })).toHaveLength(100);
});

test("whatever bytes come, they end in a verdict, and a response is never answered", () => {
  const whole = encode({ type: "query", id: 1, questions: [{ name: "web", type: "A" }] });
  let seed = 7;
  const random = (below: number): number => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
    return (seed >>> 8) % below;
  };
  for (let round = 0; round < 20_000; round++) {
    const query = Buffer.from(whole.subarray(0, random(whole.length + 1)));
    for (let change = random(4); change > 0 && query.length > 0; change--) query[random(query.length)] = random(256);
    const verdict = answerQuery(query, options);
    if (verdict.kind !== "ignore") expect(query.length).toBeGreaterThanOrEqual(12);
    if (verdict.kind === "answer") expect(verdict.message.readUInt8(2) & 0x80).toBe(0x80);
    if (query.length > 2 && (query.readUInt8(2) & 0x80) !== 0) expect(verdict.kind).toBe("ignore");
  }
});

test("messages are found in a stream wherever it is cut", () => {
  const messages = [Buffer.from("one"), Buffer.alloc(0), Buffer.alloc(3000, 7)];
  const stream = Buffer.concat(messages.map(withLength));
  for (const size of [1, 2, 3, 7, 1000, stream.length]) {
    const reader = new MessageReader();
    const found: Buffer[] = [];
    for (let at = 0; at < stream.length; at += size) found.push(...reader.take(stream.subarray(at, at + size)));
    expect(found).toEqual(messages);
  }
});

test("a name is nobody's", () => {
  expect(lookUp(view, "nobody", 4)).toBeUndefined();
  expect(lookUp(view, "web.nowhere", 4)).toBeUndefined();
});
