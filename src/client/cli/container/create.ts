import type { Command } from "../command/index.ts";
import { createBody } from "./create-request.ts";
import { createFlags } from "./create-flags.ts";
import { newContainer } from "./new-container.ts";

export const createCommand: Command = {
  usage: "[OPTIONS] IMAGE [COMMAND] [ARG...]",
  arity: { least: 1 },
  isInterspersed: false,
  flags: createFlags,
  async run(context, { flags, args }) {
    const [image = "", ...command] = args;
    const body = await createBody(context, flags, { image, command, isDetached: false });
    const { id } = await newContainer(context, flags, body);
    await context.io.out.write(`${id}\n`);
    return 0;
  },
};
