import { afterEach, beforeEach, expect, test } from "bun:test";
import { appendFileSync, existsSync, linkSync, mkdtempSync, readFileSync, renameSync, rmSync, truncateSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { Poller } from "../../host/poll/index.ts";
import { FileWatcher } from "../../host/watch/index.ts";
import type { OutputSink } from "../server/backend/index.ts";
import { openLog, type LogRequest } from "./index.ts";

let folder: string;
let file: string;
let poller: Poller;
let watcher: FileWatcher;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "logs-"));
  file = join(folder, "log");
  poller = new Poller();
  watcher = new FileWatcher(poller);
});

afterEach(() => {
  watcher.close();
  poller.close();
  rmSync(folder, { recursive: true });
});

const base = { follow: false, stdout: true, stderr: true, timestamps: false, details: false };

function request(options: Partial<LogRequest["options"]> = {}, more: Partial<LogRequest> = {}): LogRequest {
  return { file, tty: false, attributes: {}, ended: undefined, signal: new AbortController().signal, options: { ...base, ...options }, ...more };
}

class Collector implements OutputSink {
  text = "";
  readonly pieces: string[] = [];
  readonly #waiting = new Set<() => void>();

  write(stream: "stdout" | "stderr", bytes: Uint8Array): Promise<void> {
    const text = Buffer.from(bytes).toString("latin1");
    this.text += text;
    this.pieces.push(`${stream}: ${text}`);
    for (const look of this.#waiting) look();
    return Promise.resolve();
  }

  async has(text: string): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<undefined>();
    const look = (): void => { if (this.text.includes(text)) resolve(undefined); };
    this.#waiting.add(look);
    look();
    await promise;
  }
}

async function readWith(wanted: LogRequest): Promise<Collector> {
  const output = new Collector();
  await using log = openLog(wanted, watcher);
  await log.copyTo(output);
  return output;
}

const second = (n: number): string => `2026-11-27T22:04:0${n}.500000001+00:00`;

const sample = [
  `${second(1)} stdout F one`,
  `${second(2)} stderr F two`,
  `${second(3)} stdout P thr`,
  `${second(3)} stderr P fo`,
  `${second(4)} stdout F ee`,
  `${second(4)} stderr F ur`,
  `${second(5)} stdout P end`,
  "",
].join("\n");

test("openLog: streams apart, lines of several records put together, an unfinished line at the end", async () => {
  writeFileSync(file, sample);
  const { pieces } = await readWith(request());
  expect(pieces).toEqual(["stdout: one\n", "stderr: two\n", "stdout: thr", "stderr: fo", "stdout: ee\n", "stderr: ur\n", "stdout: end"]);
  expect((await readWith(request({ stderr: false }))).pieces).toEqual(["stdout: one\nthree\nend"]);
  expect((await readWith(request({ stdout: false }))).text).toBe("two\nfour\n");
});

test("openLog: bytes come out as they went in", async () => {
  const all = Buffer.from(Array.from({ length: 256 }, (_, i) => i).filter((i) => i !== 10));
  writeFileSync(file, Buffer.concat([Buffer.from(`${second(1)} stdout F `), all, Buffer.from("\n")]));
  expect((await readWith(request())).text).toBe(`${all.toString("latin1")}\n`);
});

test("openLog: times at the beginning of lines, in UTC, after them the details", async () => {
  writeFileSync(file, `${second(1)} stdout F one\n2026-01-01T01:30:00.000000007+02:00 stderr P t\n2026-01-01T01:30:00.000000008+02:00 stderr F wo\n`);
  const { text } = await readWith(request({ timestamps: true, details: true }, { attributes: { b: "x y", "a/": "1" } }));
  expect(text).toBe("2026-11-27T22:04:01.500000001Z a%2F=1,b=x+y one\n2025-12-31T23:30:00.000000007Z a%2F=1,b=x+y two\n");
  expect((await readWith(request({ details: true }))).text).toBe(" one\n two\n");
});

test("openLog: since takes its moment in, until ends after its own", async () => {
  writeFileSync(file, sample);
  const at = (n: number, nanoseconds: bigint): bigint => BigInt(Date.UTC(2026, 10, 27, 22, 4, n)) * 1_000_000n + nanoseconds;
  expect((await readWith(request({ since: at(4, 500_000_001n) }))).text).toBe("ee\nur\nend");
  expect((await readWith(request({ since: at(4, 500_000_002n) }))).text).toBe("end");
  expect((await readWith(request({ until: at(2, 500_000_001n) }))).text).toBe("one\ntwo\n");
  expect((await readWith(request({ until: at(2, 500_000_000n) }))).text).toBe("one\n");
});

for (const [tail, expected] of [[0, ""], [1, "end"], [2, "ur\nend"], [5, "one\ntwo\nthrfoee\nur\nend"], [100, "one\ntwo\nthrfoee\nur\nend"]] as const) {
  test(`openLog: tail ${tail}`, async () => {
    writeFileSync(file, sample);
    expect((await readWith(request({ tail }))).text).toBe(expected);
  });
}

test("openLog: the tail of a large log, at every distance from where blocks of reading meet", async () => {
  const lines = Array.from({ length: 20_000 }, (_, i) => `${String(i)}${"x".repeat(i % 37)}`);
  writeFileSync(file, lines.map((line) => `${second(1)} stdout F ${line}\n`).join(""));
  for (const tail of [1, 2, 3_000, ...Array.from({ length: 40 }, (_, i) => 4_050 + i), 19_999, 20_000, 30_000]) {
    expect((await readWith(request({ tail }))).text === `${lines.slice(-tail).join("\n")}\n`).toBe(true);
  }
});

test("openLog: what is no record is passed over, and a record without its end is not shown", async () => {
  const zeros = "\0".repeat(700_000);
  writeFileSync(file, `${second(1)} stdout F one\n${zeros}\nrubbish\n\n${second(2)} stdout F two\n${second(3)} stdout F thr`);
  expect((await readWith(request())).text).toBe("one\ntwo\n");
  expect((await readWith(request({ tail: 1 }))).text).toBe("two\n");
});

test("openLog: no file yet is an empty log", async () => {
  expect((await readWith(request({ tail: 3 }))).text).toBe("");
});

test("openLog: without follow a log that grows meanwhile ends where it was", async () => {
  writeFileSync(file, `${second(1)} stdout F one\n`);
  const seen: string[] = [];
  await using log = openLog(request({}, { ended: new Promise(() => undefined) }), watcher);
  await log.copyTo({
    write: (_, bytes) => {
      seen.push(Buffer.from(bytes).toString());
      appendFileSync(file, `${second(1)} stdout F more\n`);
      return Promise.resolve();
    },
  });
  expect(seen).toEqual(["one\n"]);
});

test("openLog: following misses nothing and ends when the program has, also with a record written in two pieces", async () => {
  writeFileSync(file, `${second(1)} stdout F 0\n`);
  const { promise: ended, resolve: end } = Promise.withResolvers<undefined>();
  const output = new Collector();
  await using log = openLog(request({ follow: true }, { ended }), watcher);
  const copied = log.copyTo(output);
  for (let i = 1; i < 300; i++) {
    appendFileSync(file, `${second(1)} stdout F ${i}`);
    if (i % 3 === 0) await output.has(`${i - 1}\n`);
    appendFileSync(file, "\n");
    if (i % 2 === 0) await output.has(`\n${i}\n`);
  }
  appendFileSync(file, `${second(1)} stdout P last`);
  appendFileSync(file, "\n");
  end(undefined);
  await copied;
  expect(output.text).toBe(`${Array.from({ length: 300 }, (_, i) => String(i)).join("\n")}\nlast`);
}, 60_000);

test("openLog: following ends when the client goes", async () => {
  writeFileSync(file, `${second(1)} stdout F one\n`);
  const abort = new AbortController();
  const output = new Collector();
  await using log = openLog(request({ follow: true, tail: 0 }, { ended: new Promise(() => undefined), signal: abort.signal }), watcher);
  const copied = log.copyTo(output);
  appendFileSync(file, `${second(1)} stdout F two\n`);
  await output.has("two");
  abort.abort();
  await copied;
  expect(output.text).toBe("two\n");
}, 60_000);

/** Puts the log aside as rotation does, and a new file in its place as conmon does. */
function rotate(number: number, late = ""): void {
  linkSync(file, `${file}.${number}`);
  appendFileSync(file, late);
  writeFileSync(`${file}.tmp`, "");
  renameSync(`${file}.tmp`, file);
}

function compress(number: number): void {
  writeFileSync(`${file}.${number}.gz`, gzipSync(readFileSync(`${file}.${number}`)));
  rmSync(`${file}.${number}`);
}

test("openLog: following ends whenever the client goes, also between reading and waiting", async () => {
  writeFileSync(file, `${second(1)} stdout F one\n`);
  for (let turns = 0; turns < 30; turns++) {
    const abort = new AbortController();
    await using log = openLog(request({ follow: true }, { ended: new Promise(() => undefined), signal: abort.signal }), watcher);
    const copied = log.copyTo(new Collector());
    for (let i = 0; i < turns; i++) await new Promise(setImmediate);
    abort.abort();
    await copied;
  }
}, 20_000);

test("openLog: pieces, compressed or not, are one log, read and counted from the end", async () => {
  writeFileSync(file, `${second(1)} stdout F one\n${second(1)} stderr F two\n${second(1)} stdout P thr`.concat("\n"));
  rotate(1);
  writeFileSync(file, `${second(1)} stdout F ee\n${second(1)} stdout F four\n`);
  rotate(2);
  writeFileSync(file, `${second(1)} stdout F five\n${second(1)} stdout P six\n`);
  const whole = "one\ntwo\nthree\nfour\nfive\nsix";
  for (const compressed of [[], [1], [1, 2]]) {
    for (const number of compressed) if (existsSync(`${file}.${number}`)) compress(number);
    expect((await readWith(request())).text).toBe(whole);
    // A line that goes on in the next piece counts once, and is told whole.
    const tails = [0, 1, 2, 3, 4, 5, 6, 7].map(async (tail) => (await readWith(request({ tail }))).text);
    expect(await Promise.all(tails)).toEqual(["", "six", "five\nsix", "four\nfive\nsix", "three\nfour\nfive\nsix", "two\nthree\nfour\nfive\nsix", whole, whole]);
  }
  rmSync(file);
  expect((await readWith(request({ tail: 1 }))).text).toBe("four\n");
  expect((await readWith(request({ tail: 0 }))).text).toBe("");
});

test("openLog: a compressed piece that is damaged is told as far as it goes", async () => {
  writeFileSync(file, Array.from({ length: 5000 }, (_, i) => `${second(1)} stdout F ${i} ${Math.sin(i)}\n`).join(""));
  rotate(1);
  appendFileSync(file, `${second(1)} stdout F after\n`);
  compress(1);
  truncateSync(`${file}.1.gz`, 5000);
  expect((await readWith(request())).text).toMatch(/^0 0\n1 0\.[^]*\nafter\n$/);
});

test("openLog: since leaves out pieces that were written to before", async () => {
  writeFileSync(file, `${second(1)} stdout F one\n`);
  rotate(1);
  writeFileSync(file, `${second(5)} stdout F two\n`);
  utimesSync(`${file}.1`, new Date("2026-11-27T22:04:01Z"), new Date("2026-11-27T22:04:01Z"));
  writeFileSync(`${file}.1`, "rubbish that would be read\n".repeat(3) + `${second(5)} stdout F not read\n`);
  utimesSync(`${file}.1`, new Date("2026-11-27T22:04:01Z"), new Date("2026-11-27T22:04:01Z"));
  const at = BigInt(Date.UTC(2026, 10, 27, 22, 4, 4)) * 1_000_000n;
  expect((await readWith(request({ since: at }))).text).toBe("two\n");
});

test("openLog: following goes through rotations, also of pieces that are compressed or removed at once", async () => {
  writeFileSync(file, `${second(1)} stdout F begin\n`);
  const { promise: ended, resolve: end } = Promise.withResolvers<undefined>();
  const output = new Collector();
  await using log = openLog(request({ follow: true, tail: 1 }, { ended }), watcher);
  const copied = log.copyTo(output);
  await output.has("begin");
  for (let i = 1; i <= 24; i++) {
    rotate(i, `${second(1)} stdout F late ${i}\n`);
    appendFileSync(file, `${second(1)} stdout F new ${i}\n`);
    if (i % 3 !== 0) await output.has(`new ${i}\n`);
    if (i % 2 === 0) compress(i);
    // It is open where the reader is.
    if (i % 4 === 1) rmSync(`${file}.${i}`);
    if (i % 4 === 1) writeFileSync(`${file}.${i}`, "");
    if (i % 3 !== 0) await output.has(`new ${i}\n`);
  }
  end(undefined);
  await copied;
  expect(output.text).toBe(`begin\n${Array.from({ length: 24 }, (_, i) => `late ${i + 1}\nnew ${i + 1}\n`).join("")}`);
}, 60_000);

test("openLog: a file that was cut off meanwhile ends a read instead of turning it", async () => {
  writeFileSync(file, sample);
  await using log = openLog(request(), watcher);
  truncateSync(file, 0);
  const output = new Collector();
  await log.copyTo(output);
  expect(output.text).toBe("");
});
