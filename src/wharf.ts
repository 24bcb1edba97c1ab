import type { DaemonProcess } from "./engine/index.ts";

/*
 * The program. `daemon` goes to the engine, everything else to the client; each half is loaded only when it is called,
 * since starting fast is a feature.
 */

const words = process.argv.slice(2);
// Without await at the top, so that a bundle of it can be compiled ahead of time.
void main();

async function main(): Promise<void> {
  if (words[0] === "daemon") process.exitCode = await runEngine(words.slice(1));
  // A read of standard input may still wait on another thread, and everything written has arrived: nothing is waited for.
  else process.exit(await runClient());
}

async function runEngine(rest: readonly string[]): Promise<number> {
  const { runDaemon } = await import("./engine/index.ts");
  const { environment, pid, print, complain, onSignals, version } = daemonProcess();
  return await runDaemon({ words: rest, environment, pid, print, complain, onSignals, version });
}

function daemonProcess(): Omit<DaemonProcess, "words"> {
  return {
    environment: process.env,
    pid: process.pid,
    version: "0.1.0",
    print: (text) => { process.stdout.write(text); },
    complain: (text) => { process.stderr.write(text); },
    onSignals: (signals, handle) => {
      const listeners = signals.map((signal) => [signal, () => { handle(signal); }] as const);
      for (const [signal, listener] of listeners) process.on(signal, listener);
      return { [Symbol.dispose]: () => { for (const [signal, listener] of listeners) process.off(signal, listener); } };
    },
  };
}

async function runClient(): Promise<number> {
  const { onProcessSignals, processStdio, runCommandLine } = await import("./client/cli/index.ts");
  return await runCommandLine({
    words, environment: process.env, io: processStdio(process.env), onSignals: onProcessSignals, self: self(),
  });
}

/** The command that runs this program again; a single-file executable is that command by itself. */
function self(): readonly string[] {
  return Bun.main.startsWith("/$bunfs/") ? [process.execPath] : [process.execPath, Bun.main];
}
