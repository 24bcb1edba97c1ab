import { EngineError } from "../../base/index.ts";

const command = ["nft", "-f", "-"];

/**
 * Runs nft on a text, as one transaction: all of it takes effect or nothing does. A process of its own, for what happens
 * once in an engine's life; single elements go straight to the kernel ({@link addElements}).
 * @throws EngineError `unsupported` without nft, `internal` with what nft has to say.
 */
export async function runNft(text: string): Promise<void> {
  const child = startNft(text);
  const [status, complaint] = await Promise.all([child.exited, new Response(child.stderr).text()]);
  if (status === 0) return;
  throw new EngineError("internal", `the firewall refused the engine's rules: ${complaint.trim()}`);
}

/** The same at once, for what cannot wait: other changes would come in between. */
export function runNftNow(text: string): void {
  const { exitCode, stderr } = startNftNow(text);
  if (exitCode !== 0) throw new EngineError("internal", `the firewall refused the engine's rules: ${stderr.toString().trim()}`);
}

function startNftNow(text: string): Bun.SyncSubprocess<"ignore", "pipe"> {
  try {
    return Bun.spawnSync([...command], { stdin: Buffer.from(text), stdout: "ignore", stderr: "pipe" });
  } catch (cause) {
    throw missing(cause);
  }
}

function startNft(text: string): Bun.Subprocess<Uint8Array, "ignore", "pipe"> {
  try {
    return Bun.spawn([...command], { stdin: Buffer.from(text), stdout: "ignore", stderr: "pipe" });
  } catch (cause) {
    throw missing(cause);
  }
}

function missing(cause: unknown): EngineError {
  return new EngineError("unsupported", "nft cannot be run", { cause, hint: "install nftables (Debian package nftables)" });
}
