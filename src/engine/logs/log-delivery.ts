import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { int64, object, parseJson, type Decoder } from "../../api/decode/index.ts";
import { isEngineError } from "../../base/index.ts";
import { UnixDatagram } from "../../host/datagram/index.ts";
import type { Poller } from "../../host/poll/index.ts";
import type { FileWatcher } from "../../host/watch/index.ts";
import type { DeliveredLog } from "./contract.ts";
import type { DeliveryPlan } from "./delivery-plan.ts";
import { journalEntry } from "./journal-entry.ts";
import { LineAssembler, splitRecords, type LoggedRecord } from "./logged-record.ts";
import { unusable } from "./log-option.ts";
import { asideSuffix, isMissing } from "./log-piece.ts";
import { LogStream, type LogPlace } from "./log-stream.ts";
import { connectSyslog, type MessageSink } from "./syslog-connection.ts";
import { syslogMessage } from "./syslog-message.ts";

export interface LogDeliveryParts {
  readonly watcher: FileWatcher;
  readonly poller: Poller;
  readonly warn: (message: string, cause: unknown) => void;
  /** Of the machine, for messages that name it. */
  readonly hostname: string;
  /** Of the engine. */
  readonly pid: number;
  /** Where the journal takes entries. */
  readonly journalSocket?: string;
}

const shortestPause = 500;
const longestPause = 30_000;

/**
 * Sends logs elsewhere. What is sent is read from the file that conmon writes, so nobody's program waits for a syslog that is
 * slow or gone, and how far it came is kept beside the file: the next engine goes on there. A message may come twice
 * when an engine is killed, and is left out only where rotation has removed it before it could be sent.
 */
export class LogDelivery {
  readonly #parts: LogDeliveryParts;
  readonly #closing = new AbortController();
  /** One for a log: a container that is started again goes on where its last run's rest is still being sent. */
  readonly #running = new Map<string, { readonly abort: AbortController; readonly done: Promise<void> }>();

  constructor(parts: LogDeliveryParts) {
    this.#parts = parts;
  }

  /** Asks before a start whether anybody takes the messages. @throws EngineError docker's text where nobody does */
  async probe(plan: DeliveryPlan): Promise<void> {
    try {
      using _sink = await this.#connect(plan);
    } catch (error) {
      throw unusable(error instanceof Error ? error.message : String(error));
    }
  }

  /** Sends what is logged until conmon has ended and all of it is sent. */
  deliver(log: DeliveredLog): void {
    const before = this.#running.get(log.path);
    before?.abort.abort();
    const abort = new AbortController();
    const signal = AbortSignal.any([abort.signal, this.#closing.signal]);
    const done = (before?.done ?? Promise.resolve()).then(() => this.#deliver(log, signal)).catch((error: unknown) => {
      if (!signal.aborted) this.#parts.warn(`the log ${log.path} is not sent any more`, error);
    }).finally(() => {
      if (this.#running.get(log.path)?.abort === abort) this.#running.delete(log.path);
    });
    this.#running.set(log.path, { abort, done });
  }

  async #deliver(log: DeliveredLog, signal: AbortSignal): Promise<void> {
    const { path, ended } = log;
    using stream = new LogStream({ path, watcher: this.#parts.watcher, follow: true, ended, signal });
    using sender = new Sender({
      log, signal, warn: this.#parts.warn, connect: () => this.#connect(log.plan), encode: (record) => this.#encode(record, log),
    });
    const lines = new LineAssembler();
    await stream.begin(readPlace(path));
    for (let records = await stream.next(); records !== undefined; records = await stream.next()) {
      for (const record of splitRecords(records)) {
        const line = lines.take(record);
        if (line !== undefined && !await sender.send(line)) return;
      }
      // The next engine has to see the beginning of a line too.
      if (lines.isEmpty) keepPlace(path, stream.place);
    }
    if (signal.aborted) return;
    for (const line of lines.rest()) if (!await sender.send(line)) return;
    keepPlace(path, stream.place);
  }

  async #connect(plan: DeliveryPlan): Promise<MessageSink> {
    if (plan.kind === "syslog") return await connectSyslog(plan.target, this.#parts.poller);
    const path = this.#parts.journalSocket ?? "/run/systemd/journal/socket";
    if (!existsSync(path)) throw new Error("journald is not enabled on this host");
    return UnixDatagram.connect(path, this.#parts.poller);
  }

  #encode(record: LoggedRecord, { plan, source }: DeliveredLog): Uint8Array {
    if (plan.kind === "journald") return journalEntry(record, source);
    const { hostname, pid } = this.#parts;
    return syslogMessage(record, plan, { hostname, pid, tag: source.tag });
  }

  /** Sends nothing any more; the next engine goes on. */
  close(): void {
    this.#closing.abort();
  }
}

interface SenderParts {
  readonly log: DeliveredLog;
  readonly connect: () => Promise<MessageSink>;
  readonly encode: (record: LoggedRecord) => Uint8Array;
  readonly warn: LogDeliveryParts["warn"];
  readonly signal: AbortSignal;
}

/** Sends records one after another, and tries again for as long as there is a log to send. */
class Sender implements Disposable {
  readonly #parts: SenderParts;
  #sink: MessageSink | undefined;

  constructor(parts: SenderParts) {
    this.#parts = parts;
  }

  /** @returns false when it is given up, because the container is gone or the engine stops */
  async send(record: LoggedRecord): Promise<boolean> {
    const { log, connect, encode, signal, warn } = this.#parts;
    const message = encode(record);
    for (let delay = shortestPause; !signal.aborted; delay = Math.min(delay * 2, longestPause)) {
      try {
        this.#sink ??= await connect();
        await this.#sink.send(message);
        return true;
      } catch (error) {
        this.#drop();
        if (isEngineError(error, "cancelled") || !existsSync(log.path)) return false;
        if (delay === shortestPause) warn(`cannot send the log of container ${log.source.name}; it is tried again`, error);
        // It ends with the engine too.
        await pause(delay, undefined, { signal }).catch(() => undefined);
      }
    }
    return false;
  }

  #drop(): void {
    this.#sink?.[Symbol.dispose]();
    this.#sink = undefined;
  }

  [Symbol.dispose](): void {
    this.#drop();
  }
}

const placeSuffix = ".delivered";
const decodePlace: Decoder<LogPlace> = object<LogPlace>({ number: int64, offset: int64 });

/** @returns undefined where nothing was sent yet */
function readPlace(path: string): LogPlace | undefined {
  try {
    return decodePlace(parseJson(readFileSync(`${path}${placeSuffix}`, "utf8")), "");
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

function keepPlace(path: string, place: LogPlace): void {
  const file = `${path}${placeSuffix}`;
  try {
    writeFileSync(`${file}${asideSuffix}`, JSON.stringify(place), { mode: 0o600 });
    renameSync(`${file}${asideSuffix}`, file);
  } catch (error) {
    // The container was removed, and its log with it.
    if (!isMissing(error)) throw error;
  }
}
