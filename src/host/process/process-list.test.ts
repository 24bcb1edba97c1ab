import { expect, test } from "bun:test";
import { listProcesses, parseProcessList } from "./process-list.ts";

const table = "  PID TTY      STAT COMMAND\n   10 ?        S    sh -c  a b\n    -          R    -\n   11 ?        S    other\n    -          R    -\n";

test("parseProcessList: rows of the wanted processes, threads with theirs, the last field with the rest", () => {
  expect(parseProcessList(table, new Set([10]))).toEqual({
    titles: ["PID", "TTY", "STAT", "COMMAND"], processes: [["10", "?", "S", "sh -c a b"], ["-", "R", "-", ""]],
  });
  expect(parseProcessList("PID CMD\n1 a\u2003b\n", new Set([1])).processes).toEqual([["1", "a\u2003b"]]);
});

test("parseProcessList: what has no pids is refused in docker's words", () => {
  expect(() => parseProcessList("USER CMD\nroot sh\n", new Set([1]))).toThrow("Couldn't find PID field in ps output");
  expect(() => parseProcessList("X PID\nroot sh\n", new Set([1]))).toThrow("Unexpected pid 'sh'");
});

test("listProcesses: this process, also with options that take no list; ps's own complaint", async () => {
  const { titles, processes } = await listProcesses(["-o", "pid,comm"], [process.pid]);
  expect([titles, processes.map(([pid]) => pid)]).toEqual([["PID", "COMMAND"], [String(process.pid)]]);
  expect((await listProcesses(["-eo", "pid,comm", "f"], [process.pid])).processes).toHaveLength(1);
  expect(await listProcesses(["--nosuchoption"], [process.pid]).catch((error: unknown) => error)).toMatchObject({ kind: "internal", message: "ps: error: unknown gnu long option" });
});
