import { EngineError } from "../../../base/index.ts";
import { replied, type Handlers } from "./call.ts";
import { commonHeaders, hijack } from "../reply/index.ts";

export const execHandlers: Handlers<"execCreate" | "execInspect" | "execResize" | "execStart"> = {
  execCreate: async ({ backend, path, body, version, signal }) => {
    if (body.Cmd === null || body.Cmd.length === 0) throw new EngineError("invalid-argument", "No exec command specified");
    // The size came with 1.42.
    const { ConsoleSize, ...older } = body;
    const request = version >= 42 && ConsoleSize !== undefined ? body : older;
    return { Id: await backend.execs.create(path.id, request, signal) };
  },
  execInspect: ({ backend, path, signal }) => backend.execs.inspect(path.id, signal),
  execResize: async ({ backend, path, query, signal }) => {
    await backend.execs.resize(path.id, { height: query.h, width: query.w }, signal);
    return undefined;
  },
  execStart: async ({ backend, path, body, exchange, version, signal, endless }) => {
    const [height, width] = body.ConsoleSize ?? [0, 0];
    const hasSize = version >= 42 && height > 0 && width > 0;
    if (hasSize && !body.Tty) throw new EngineError("invalid-argument", "console size can only be set when TTY is requested");
    const options = { tty: body.Tty, ...(hasSize ? { consoleSize: { height, width } } : {}) };
    if (body.Detach) {
      await backend.execs.start(path.id, options, signal);
      await exchange.reply(200, commonHeaders);
      return replied;
    }
    await using attachment = await backend.execs.attach(path.id, options, endless);
    // Whether the program reads what the client types was settled when the exec was created.
    await hijack({ exchange, attachment, wantsStdin: true, namesMultiplexed: version >= 42, signal: endless });
    return replied;
  },
};
