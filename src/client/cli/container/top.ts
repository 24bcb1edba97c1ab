import type { Command } from "../command/index.ts";
import { layOut } from "../output/index.ts";

export const topCommand: Command = {
  usage: "CONTAINER [ps OPTIONS]",
  arity: { least: 1 },
  isInterspersed: false,
  flags: [],
  async run({ engine, io }, { args }) {
    const [id = "", ...options] = args;
    const reply = await engine.call("containerTop", { path: { id }, query: options.length === 0 ? {} : { ps_args: options.join(" ") } });
    await io.out.write(layOut([reply.Titles, ...reply.Processes].map((cells) => cells.join("\t")), { narrowest: 20 }));
    return 0;
  },
};
