import { expect, test } from "bun:test";
import type { SyslogPlan } from "./delivery-plan.ts";
import { journalEntry } from "./journal-entry.ts";
import { LineAssembler, splitRecords, type LoggedRecord } from "./logged-record.ts";
import { syslogMessage } from "./syslog-message.ts";

const [out, partial, err] = [...splitRecords(Buffer.from([
  "2026-01-02T03:04:05.123456789+00:00 stdout F one two",
  "no record",
  "2026-01-02T03:04:05.123456789+00:00 stdout P thr",
  "2026-11-27T22:04:05.000000001+02:00 stderr F bad",
  "",
].join("\n")))] as [LoggedRecord, LoggedRecord, LoggedRecord];

function message(record: LoggedRecord, format: SyslogPlan["format"], target: SyslogPlan["target"] = { kind: "udp", host: "h", port: 1 }): string {
  return Buffer.from(syslogMessage(record, { kind: "syslog", target, facility: 24, format }, { hostname: "box", tag: "web", pid: 7 })).toString();
}

test("splitRecords: texts, streams, times, and lines that go on", () => {
  expect([out, partial, err].map(({ stream, text, isPartial }) => [stream, Buffer.from(text).toString(), isPartial])).toEqual([
    ["stdout", "one two", false], ["stdout", "thr", true], ["stderr", "bad", false],
  ]);
});

test("LineAssembler: the pieces of a line are one, each stream's own, and no longer than a message", () => {
  const lines = new LineAssembler();
  const piece = (stream: "stdout" | "stderr", text: string, isPartial: boolean): string | undefined => {
    const line = lines.take({ time: "t", stream, text: Buffer.from(text), isPartial });
    return line === undefined ? undefined : `${line.stream} ${Buffer.from(line.text).toString()}${line.isPartial ? " …" : ""}`;
  };
  expect(piece("stdout", "on", true)).toBeUndefined();
  expect(piece("stderr", "bad", false)).toBe("stderr bad");
  expect(lines.isEmpty).toBe(false);
  expect(piece("stdout", "e", false)).toBe("stdout one");
  expect(lines.isEmpty).toBe(true);
  expect(piece("stdout", "x".repeat(10_000), true)).toBeUndefined();
  expect(piece("stdout", "x".repeat(10_000), true)).toBe(`stdout ${"x".repeat(20_000)} …`);
  piece("stderr", "end", true);
  expect(lines.rest().map(({ text }) => Buffer.from(text).toString())).toEqual(["end"]);
});

test("syslogMessage: docker's formats, with the moment in which it was logged", () => {
  expect(message(out, "")).toBe("<30>Jan  2 03:04:05 web[7]: one two\n");
  expect(message(err, "")).toBe("<27>Nov 27 22:04:05 web[7]: bad\n");
  expect(message(out, "rfc3164")).toBe("<30>Jan  2 03:04:05 box web[7]: one two\n");
  expect(message(out, "rfc5424")).toBe("<30>1 2026-01-02T03:04:05Z box web 7 web - one two\n");
  expect(message(err, "rfc5424micro")).toBe("<27>1 2026-11-27T22:04:05.000000+02:00 box web 7 web - bad\n");
});

test("syslogMessage: over TLS the newer formats begin with their length", () => {
  const tls = { kind: "tls", host: "h", port: 1, tls: { authority: "", certificate: "", key: "", verifies: true } } as const;
  const framed = message(out, "rfc5424", tls);
  expect(framed).toBe("51 <30>1 2026-01-02T03:04:05Z box web 7 web - one two\n");
  expect(framed.length - 3).toBe(51);
  expect(message(out, "rfc3164", tls)).toStartWith("<30>");
});

test("journalEntry: docker's fields, attributes under names that the journal takes, and a length where there is a newline", () => {
  const source = { id: "0123456789abcdef", name: "web", image: "busybox", tag: "t", attributes: { "com.example.tier": "a\nb", _own: "x" } };
  expect(Buffer.from(journalEntry(partial, source)).toString()).toBe([
    "COM_EXAMPLE_TIER\n\x03\0\0\0\0\0\0\0a\nb", "OWN=x", "PRIORITY=6", "CONTAINER_ID=0123456789ab", "CONTAINER_ID_FULL=0123456789abcdef", "CONTAINER_NAME=web",
    "CONTAINER_TAG=t", "IMAGE_NAME=busybox", "SYSLOG_IDENTIFIER=t", "SYSLOG_TIMESTAMP=2026-01-02T03:04:05.123456789+00:00", "CONTAINER_PARTIAL_MESSAGE=true", "MESSAGE=thr", "",
  ].join("\n"));
  expect(Buffer.from(journalEntry(err, source)).toString()).toContain("PRIORITY=3\n");
});
