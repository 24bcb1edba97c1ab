import { CommandFailure, type CommandContext, type FlagValues } from "../command/index.ts";
import { parseDetachKeys } from "../stream/index.ts";

/** The detach keys of the flag, else of docker's configuration file; empty: the engine's own. */
export function detachKeysOf(context: CommandContext, flags: FlagValues): string {
  const given = flags.text("detach-keys");
  if (given !== "") {
    parseDetachKeys(given);
    return given;
  }
  const configured = context.settings.file()["detachKeys"];
  return typeof configured === "string" ? configured : "";
}

/** A terminal needs one here. @throws CommandFailure in docker's words. */
export function checkTerminal(context: CommandContext, wants: { readonly tty: boolean; readonly stdin: boolean }): void {
  if (wants.tty && wants.stdin && !context.io.input.isTerminal) throw new CommandFailure(1, "the input device is not a TTY");
}
