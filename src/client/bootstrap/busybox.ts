import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, statSync } from "node:fs";
import { EngineError } from "../../base/index.ts";
import { encodeMember, tarEnd, tarPadding, type TarMember } from "../../base/tar/index.ts";
import type { BaseSource } from "./base-source.ts";
import { isStaticProgram } from "./static-program.ts";

const places = ["/bin/busybox", "/usr/bin/busybox"];

const passwd = `root:x:0:0:root:/root:/bin/sh
daemon:x:1:1:daemon:/usr/sbin:/bin/false
bin:x:2:2:bin:/bin:/bin/false
sys:x:3:3:sys:/dev:/bin/false
sync:x:4:100:sync:/bin:/bin/sync
mail:x:8:8:mail:/var/spool/mail:/bin/false
www-data:x:33:33:www-data:/var/www:/bin/false
operator:x:37:37:Operator:/var:/bin/false
nobody:x:65534:65534:nobody:/home:/bin/false
`;

const group = `root:x:0:
daemon:x:1:
bin:x:2:
sys:x:3:
adm:x:4:
tty:x:5:
disk:x:6:
wheel:x:10:root
mail:x:8:
utmp:x:43:
www-data:x:33:
staff:x:50:
users:x:100:
nogroup:x:65534:
`;

const folders: readonly (readonly [string, number])[] = [
  ["bin", 0o755], ["dev", 0o755], ["etc", 0o755], ["home", 0o755], ["lib", 0o755], ["proc", 0o555], ["root", 0o700], ["run", 0o755],
  ["sbin", 0o755], ["sys", 0o555], ["tmp", 0o1777], ["usr", 0o755], ["usr/bin", 0o755], ["usr/sbin", 0o755], ["var", 0o755],
  ["var/spool", 0o755], ["var/spool/mail", 0o755], ["var/www", 0o755],
];

const files: readonly (readonly [string, string])[] = [
  ["etc/group", group], ["etc/passwd", passwd], ["etc/nsswitch.conf", "passwd: files\ngroup: files\nhosts: files dns\n"],
];

/**
 * A root file system of this machine's statically linked busybox, with a name for each of its programs. All times are
 * that of the program's file, which is its package's, so that the same package gives the same archive.
 * @throws EngineError `unavailable` where it is missing or needs libraries
 */
export function busyboxSource(): BaseSource {
  const path = places.find((place) => existsSync(place));
  const program = path === undefined ? undefined : readFileSync(path);
  if (path === undefined || program === undefined || !isStaticProgram(program)) {
    throw new EngineError("unavailable", "there is no statically linked busybox on this machine", { hint: "install it: apt-get install busybox-static" });
  }
  const names = appletNames(path);
  const seconds = Math.floor(statSync(path).mtimeMs / 1000);
  return {
    reference: "busybox:latest",
    changes: ['CMD ["sh"]', "ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"],
    message: "busybox, from Debian's busybox-static",
    archive: () => archive(program, names, seconds),
  };
}

/** "bin/ash", "usr/bin/env", …, as the program itself tells. */
function appletNames(path: string): readonly string[] {
  const { stdout, error } = spawnSync(path, ["--list-full"], { encoding: "utf8" });
  if (error !== undefined) throw new EngineError("unavailable", `cannot ask ${path} for its programs: ${error.message}`, { cause: error });
  return stdout.split("\n").filter((name) => /^(?:usr\/)?s?bin\/[^/]+$/.test(name) && name !== "bin/busybox").sort();
}

async function* archive(program: Uint8Array, applets: readonly string[], seconds: number): AsyncGenerator<Uint8Array> {
  const modified = { seconds, nanoseconds: 0 };
  const file = (name: string, mode: number, content: Uint8Array): Uint8Array[] =>
    [encodeMember({ name, type: "file", mode, size: content.length, modified }), content, tarPadding(content.length)];
  const other = (member: Pick<TarMember, "name" | "type" | "mode" | "link">): Uint8Array => encodeMember({ ...member, size: 0, modified });
  yield Buffer.concat([
    ...folders.map(([name, mode]) => other({ name: `${name}/`, type: "directory", mode })),
    ...file("bin/busybox", 0o755, program),
    ...applets.map((name) => other({ name, type: "link", mode: 0o755, link: "bin/busybox" })),
    ...files.flatMap(([name, content]) => file(name, 0o644, Buffer.from(content))),
    ...file("etc/shadow", 0o640, Buffer.from("root:*:::::::\n")),
    tarEnd(),
  ]);
  await Promise.resolve();
}
