import type { TarEntry } from "./reader.ts";

export interface PlacedData {
  readonly bytes: Uint8Array;
  /** Where in the file they belong. */
  readonly at: number;
}

/** The data of an entry in pieces, each with its place: what lies between those of a sparse file is a hole. */
export async function* placedData(entry: TarEntry): AsyncGenerator<PlacedData, void> {
  const extents = entry.extents.values();
  let extent = extents.next().value;
  let done = 0;
  for await (let part of entry.body()) {
    while (part.length > 0) {
      while (extent !== undefined && done === extent.length) {
        extent = extents.next().value;
        done = 0;
      }
      if (extent === undefined) return;
      const bytes = part.subarray(0, extent.length - done);
      yield { bytes, at: extent.at + done };
      done += bytes.length;
      part = part.subarray(bytes.length);
    }
  }
}
