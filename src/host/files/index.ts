export { readAttribute, readAttributes, setAttribute } from "./attributes.ts";
export {
  deviceNumber, makeDirectory, makeHardLink, makeNode, makeSymbolicLink, readLinkOf, readSymbolicLink, removeDirectory, removeName, renameIn, setModeOf,
  setModeThrough, setNodeMode, setOwner, setOwnerOf, setSize, setTimes, setTimesOf,
} from "./make.ts";
export type { NodeRequest, NodeType, Place, Times } from "./make.ts";
export { makePath } from "./make-path.ts";
export type { MakePathOptions } from "./make-path.ts";
export { byteName, byteNameOf, displayName, nameBytes } from "./names.ts";
export type { ByteName } from "./names.ts";
export { openFlags, openIn, openRegularFile, openTree, pathOf, reopenForReading } from "./open.ts";
export type { OpenOptions, Resolution } from "./open.ts";
export { fileStatus, statusOf } from "./status.ts";
export type { FileStatus, FileTime, FileType } from "./status.ts";
export { syncFile, syncFileSystem } from "./sync.ts";
export { copyTree, discardTree, emptyTree, openFolder, readNames, removeTree, treeSize } from "./tree.ts";
