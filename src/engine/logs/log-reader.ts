import type { FileWatcher } from "../../host/watch/index.ts";
import type { LogOutput, OutputSink } from "../server/backend/index.ts";
import type { LogRequest } from "./contract.ts";
import { detailsPrefix } from "./line-prefix.ts";
import { LogDecoder } from "./log-decoder.ts";
import { logTime } from "./log-record.ts";
import { findLastLines, findPieceSince } from "./log-start.ts";
import { LogStream, type LogPlace } from "./log-stream.ts";

/** Opens a log: what is in it is answered, and with `follow` what comes until the program has ended. */
export function openLog(request: LogRequest, watcher: FileWatcher): LogOutput {
  const { file, tty, options, ended, signal } = request;
  const stream = new LogStream({ path: file, watcher, follow: options.follow, ended, signal });
  return {
    tty,
    copyTo: (output) => copyLog(request, stream, output),
    [Symbol.asyncDispose]: () => {
      stream[Symbol.dispose]();
      return Promise.resolve();
    },
  };
}

async function copyLog({ file, options, attributes, signal }: LogRequest, stream: LogStream, output: OutputSink): Promise<void> {
  const { stdout, stderr, timestamps, details } = options;
  const since = options.since === undefined ? undefined : logTime(options.since);
  const until = options.until === undefined ? undefined : logTime(options.until);
  const decoder = new LogDecoder({
    stdout, stderr, timestamps,
    prefix: details ? detailsPrefix(attributes) : Buffer.alloc(0),
    ...(since === undefined ? {} : { since }),
    ...(until === undefined ? {} : { until }),
  });
  const place = await startOf(file, options.tail ?? -1, since);
  await stream.begin(place);
  while (!decoder.ended && !signal.aborted) {
    const records = await stream.next();
    if (records === undefined) return;
    decoder.feed(records);
    for (let run = decoder.next(); run !== undefined; run = decoder.next()) await output.write(run.stream, run.bytes);
  }
}

async function startOf(file: string, tail: number, since: ReturnType<typeof logTime> | undefined): Promise<LogPlace | undefined> {
  if (tail >= 0) return findLastLines(file, tail);
  return since === undefined ? undefined : findPieceSince(file, since);
}
