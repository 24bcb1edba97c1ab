import { setTimeout as sleep } from "node:timers/promises";
import { listFormatFlag, switchFlag, type Command, type OutputStream } from "../command/index.ts";
import { writeList } from "../output/index.ts";
import { statsFormat, type StatsRow } from "./stats-format.ts";
import { sampleOnce, StatsWatch } from "./stats-watch.ts";

/** Milliseconds between two pictures: on a terminal a container that comes or goes is seen at once; else a picture has new samples. */
const pace = { terminal: 500, other: 1000 };

export const statsCommand: Command = {
  usage: "[OPTIONS] [CONTAINER...]",
  arity: { least: 0 },
  flags: [
    switchFlag("all", "Show all containers (default shows just running)", { short: "a" }),
    listFormatFlag,
    switchFlag("no-stream", "Disable streaming stats and only pull the first result"),
    switchFlag("no-trunc", "Do not truncate output"),
  ],
  async run({ engine, io, settings }, { flags, args }) {
    const configured = settings.file()["statsFormat"];
    const list = { format: statsFormat({ truncates: !flags.isOn("no-trunc") }), options: { format: flags.text("format") || (typeof configured === "string" ? configured : "") } };
    const wish = { names: args, all: flags.isOn("all") };
    if (flags.isOn("no-stream")) {
      await writeList(io.out, { ...list, items: await sampleOnce(engine, wish) });
      return 0;
    }
    const watch = new StatsWatch(engine, wish);
    const { ended } = await watch.begin();
    const over = new AbortController();
    const finished = ended.finally(() => { over.abort(); });
    const isOver = (): boolean => over.signal.aborted;
    while (!isOver()) {
      await draw(io.out, { ...list, items: watch.rows });
      await Promise.race([finished, sleep(io.out.isTerminal ? pace.terminal : pace.other, undefined, { ref: false })]);
    }
    await finished;
    return 0;
  },
};

/** Over the last picture, in one write, so that it does not flicker. */
async function draw(out: OutputStream, list: Parameters<typeof writeList<StatsRow>>[1]): Promise<void> {
  if (!out.isTerminal) {
    await writeList(out, list);
    return;
  }
  let picture = "";
  const canvas: OutputStream = { ...out, isTerminal: true, size: () => out.size(), write: (text) => { picture += String(text); return Promise.resolve(); } };
  await writeList(canvas, list);
  await out.write(`\u001b[H${picture.replaceAll("\n", "\u001b[K\n")}\u001b[J`);
}
