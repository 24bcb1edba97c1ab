import { bootstrapSource } from "../../bootstrap/index.ts";
import { connect } from "../../sdk/index.ts";
import type { Stdio } from "../command/index.ts";
import { errorText } from "../output/index.ts";

/**
 * Puts busybox:latest into the store of an engine that was just started and has no image, so that the first container
 * needs no registry. Where that cannot be done the engine is as good without, so it is only said.
 */
export async function addFirstImage(host: string, io: Stdio): Promise<void> {
  const engine = connect({ host });
  try {
    const images = await engine.call("imageList", { query: {} });
    if (images.length > 0) return;
    await io.err.write("wharf: the store is empty; making busybox:latest from Debian's busybox-static\n");
    const source = bootstrapSource("busybox", { include: [], progress: () => Promise.resolve() });
    const messages = await engine.lines("imageCreate", {
      query: { fromSrc: "-", repo: "busybox", tag: "latest", changes: source.changes, message: source.message },
      body: source.archive(),
    });
    for await (const message of messages) if (message.error !== undefined) throw new Error(message.error);
  } catch (error) {
    await io.err.write(`wharf: could not make busybox:latest: ${errorText(error)}\n`);
  } finally {
    engine.close();
  }
}
