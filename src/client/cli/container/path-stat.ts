import type { ContainerPathStat } from "../../../api/types/index.ts";
import { EngineError, isEngineError } from "../../../base/index.ts";
import { isEngineAnswer, parseReply, type EngineClient } from "../../sdk/index.ts";

/** Bits of Go's fs.FileMode. */
const folderBit = 2 ** 31;
const linkBit = 2 ** 27;
const deviceBit = 2 ** 26;
const irregularBit = 2 ** 19;

/** What is at a path of a container. */
export interface PathInContainer {
  readonly isFolder: boolean;
  readonly isLink: boolean;
  readonly isDevice: boolean;
  readonly isIrregular: boolean;
  /** Of a link: what it leads to. */
  readonly linkTarget: string;
}

/** @returns undefined where there is nothing, or the engine does not say */
export async function statInContainer(engine: EngineClient, id: string, path: string): Promise<PathInContainer | undefined> {
  try {
    return readPathStat(await engine.headers("containerArchiveInfo", { path: { id }, query: { path } }));
  } catch (error) {
    if (isEngineAnswer(error) || isEngineError(error, "not-found")) return undefined;
    throw error;
  }
}

/** @throws EngineError `data-corrupt` where the engine's header is none */
export function readPathStat(headers: ReadonlyMap<string, string>): PathInContainer {
  const written = headers.get("x-docker-container-path-stat") ?? "";
  const { mode, linkTarget } = decode(written);
  const has = (bit: number): boolean => Math.floor(mode / bit) % 2 === 1;
  return { isFolder: has(folderBit), isLink: has(linkBit), isDevice: has(deviceBit), isIrregular: has(irregularBit), linkTarget };
}

function decode(written: string): Pick<ContainerPathStat, "mode" | "linkTarget"> {
  const value = written === "" ? undefined : parseReply(Buffer.from(written, "base64").toString());
  const isStat = typeof value === "object" && value !== null && "mode" in value && typeof value.mode === "number";
  if (!isStat) throw new EngineError("data-corrupt", "the engine's answer does not say what kind of file it is about");
  const linkTarget = "linkTarget" in value && typeof value.linkTarget === "string" ? value.linkTarget : "";
  return { mode: value.mode as number, linkTarget };
}
