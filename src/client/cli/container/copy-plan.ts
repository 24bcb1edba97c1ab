import { CommandFailure } from "../command/index.ts";
import { saysFolder, splitPath } from "../../local-files/index.ts";

export interface CopySource {
  readonly isFolder: boolean;
  /** What it is called under its own name; "." where what is in a folder is meant. */
  readonly name: string;
}

export interface CopyTarget {
  readonly path: string;
  readonly exists: boolean;
  readonly isFolder: boolean;
}

export interface CopyPlan {
  /** Where the archive is extracted. */
  readonly folder: string;
  /** What the copied thing is called there; "." where what is in it goes into the folder itself. */
  readonly name: string;
}

/**
 * Where a copy goes and under which name, by docker's rules: into a folder that is there, over a file that is there, and
 * else under the new name in the folder that holds it.
 * @throws CommandFailure in docker's words
 */
export function planCopy({ isFolder, name }: CopySource, target: CopyTarget): CopyPlan {
  if (target.exists && target.isFolder) return { folder: target.path, name };
  if (target.exists && isFolder) throw new CommandFailure(1, "cannot copy directory");
  if (!target.exists && !isFolder && saysFolder(target.path)) throw new CommandFailure(1, "no such directory");
  return splitPath(target.path);
}
