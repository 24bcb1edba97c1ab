import { expect, test } from "bun:test";
import { planCopy } from "./copy-plan.ts";

const file = { isFolder: false, name: "f" };
const folder = { isFolder: true, name: "d" };
const content = { isFolder: true, name: "." };
const aFolder = { path: "/to", exists: true, isFolder: true };
const aFile = { path: "/to/file", exists: true, isFolder: false };
const nothing = { path: "/to/new", exists: false, isFolder: false };

test.each([
  ["a file into a folder", file, aFolder, "/to f"],
  ["a folder into a folder", folder, aFolder, "/to d"],
  ["what is in a folder into a folder", content, aFolder, "/to ."],
  ["a file over a file", file, aFile, "/to file"],
  ["a file under a new name", file, nothing, "/to new"],
  ["a folder under a new name", folder, nothing, "/to new"],
  ["what is in a folder as a new one", content, nothing, "/to new"],
  ["a folder to a new one that says so", folder, { ...nothing, path: "/to/new/" }, "/to new"],
  ["a folder to a new one's inside", folder, { ...nothing, path: "/to/new/." }, "/to/new ."],
] as const)("planCopy: %s", (_, source, target, wanted) => {
  const { folder: where, name } = planCopy(source, target);
  expect(`${where} ${name}`).toBe(wanted);
});

test.each([
  ["a folder over a file", folder, aFile, "cannot copy directory"],
  ["a file to a folder that is not there", file, { ...nothing, path: "/to/new/" }, "no such directory"],
  ["a file to nowhere", file, { ...nothing, path: "" }, "no such directory"],
] as const)("planCopy refuses %s", (_, source, target, text) => {
  expect(() => planCopy(source, target)).toThrow(text);
});
