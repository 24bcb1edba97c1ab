import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import type Docker from "dockerode";

/** Both outputs of an attached stream to its end, taken apart by dockerode. */
export async function demultiplexed(docker: Docker, stream: NodeJS.ReadWriteStream): Promise<readonly [out: string, err: string]> {
  const [out, err] = [new PassThrough(), new PassThrough()];
  (docker.modem as { demuxStream(from: NodeJS.ReadWriteStream, out: PassThrough, err: PassThrough): void }).demuxStream(stream, out, err);
  stream.on("end", () => {
    out.end();
    err.end();
  });
  return await Promise.all([text(out), text(err)]);
}
