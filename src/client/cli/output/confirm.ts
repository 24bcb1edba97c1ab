import type { Stdio } from "../command/index.ts";

/** Asks before something is removed for good; yes is a line that begins with y. */
export async function confirms(io: Stdio, warning: string): Promise<boolean> {
  await io.out.write(`${warning}\nAre you sure you want to continue? [y/N] `);
  let answer = "";
  for await (const bytes of io.input.chunks()) {
    answer += Buffer.from(bytes).toString();
    if (answer.includes("\n")) break;
  }
  return answer.trim().toLowerCase() === "y";
}
