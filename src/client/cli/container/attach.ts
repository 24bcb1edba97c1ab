import { CommandFailure, detachKeysFlag, switchFlag, type Command } from "../command/index.ts";
import { followSize, forwardSignals, runSession } from "../stream/index.ts";
import { checkTerminal, detachKeysOf } from "./detach-setting.ts";

export const attachCommand: Command = {
  usage: "[OPTIONS] CONTAINER",
  arity: { least: 1, most: 1 },
  flags: [
    detachKeysFlag,
    switchFlag("no-stdin", "Do not attach STDIN"),
    switchFlag("sig-proxy", "Proxy all received signals to the process", { isOn: true }),
  ],
  async run(context, { flags, args }) {
    const { engine, io } = context;
    const [id = ""] = args;
    const { State, Config } = await engine.call("containerInspect", { path: { id } });
    if (!State.Running) throw new CommandFailure(1, "You cannot attach to a stopped container, start it first");
    if (State.Paused) throw new CommandFailure(1, "You cannot attach to a paused container, unpause it first");
    if (State.Restarting) throw new CommandFailure(1, "You cannot attach to a restarting container, wait until it is running");

    const tty = Config.Tty;
    const stdin = Config.OpenStdin && !flags.isOn("no-stdin");
    checkTerminal(context, { tty, stdin });
    const detachKeys = detachKeysOf(context, flags);
    const exit = await engine.begin("containerWait", { path: { id }, query: { condition: "not-running" } });
    const stream = await engine.hijack("containerAttach", {
      path: { id },
      query: { stream: true, stdin, stdout: true, stderr: true, ...(detachKeys === "" ? {} : { detachKeys }) },
    });
    using stack = new DisposableStack();
    if (flags.isOn("sig-proxy") && !tty) stack.use(forwardSignals(context, id));
    if (tty && io.out.isTerminal) stack.use(followSize(context, (query) => engine.call("containerResize", { path: { id }, query })));
    const end = await runSession(io, { stream, tty, stdin, detachKeys });
    if (end === "detached") throw new CommandFailure(1, "read escape sequence");
    const { StatusCode, Error: problem } = await exit();
    const message = problem?.Message ?? "";
    if (message !== "") throw new CommandFailure(1, message);
    return StatusCode;
  },
};
