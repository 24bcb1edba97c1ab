import { EngineError } from "../../base/index.ts";

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

function startNft(text: string): Bun.Subprocess<Uint8Array, "ignore", "pipe"> {
  try {
    return Bun.spawn(["nft", "-f", "-"], { stdin: Buffer.from(text), stdout: "ignore", stderr: "pipe" });
  } catch (cause) {
    throw new EngineError("unsupported", "nft cannot be run", { cause, hint: "install nftables (Debian package nftables)" });
  }
}
