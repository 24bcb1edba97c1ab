import { expect, test } from "bun:test";
import { obstacle, runInGuest, type GuestTest } from "./guest-machine.ts";

const seconds = 300;
const why = obstacle();
if (why !== undefined) console.log(`skipped: ${why}`);

/** What depends on the kernel's age or on the version of its cgroups. */
const tests: readonly GuestTest[] = [
  { file: "test/integration/host-cgroup.test.ts", pattern: "." },
  { file: "test/integration/host-mount.test.ts", pattern: "ByHandles|enterOwn|insideMount" },
  { file: "test/integration/spec-effects.test.ts", pattern: "limits" },
  { file: "test/integration/container-run.test.ts", pattern: "run --rm|out of memory|volumes:" },
  { file: "test/integration/network-bridge.test.ts", pattern: "on the bridge|one address|datagrams" },
];

test.skipIf(why !== undefined)("on Debian's own kernel with cgroup v2 alone", () => {
  const said = runInGuest(tests, seconds).replaceAll("\r", "");
  const parts = said.split(/^guest: /m).slice(1);
  expect(parts.map((part) => part.split("\n")[0])).toEqual([...tests.map(({ file }) => file), "done"]);
  for (const part of parts.slice(0, -1)) {
    // The whole text, so that a failure shows what the guest said.
    expect(part).toMatch(/^ *[1-9]\d* pass$/m);
    expect(part).toMatch(/^ *0 fail$/m);
  }
}, (seconds + 60) * 1000);
