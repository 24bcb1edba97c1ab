import { spawnSync } from "node:child_process";
import { chmodSync, copyFileSync, cpSync, existsSync, globSync, mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/*
 * A virtual machine with Debian's own kernel and cgroup v2 alone, in which tests of this tree run: what most users have,
 * and what the machine that runs the tests may not be. The disk is made of programs of this machine.
 */

const tree = join(import.meta.dir, "../..");
const programs = ["bun", "conmon", "crun", "runc", "nft", "ip", "nsenter", "docker"];
const modules = ["koffi", "@koromix", "dns-packet", "@leichtgewicht"];
const diskModules = ["virtio_ring", "virtio", "virtio_pci_legacy_dev", "virtio_pci_modern_dev", "virtio_pci", "virtio_blk"];
/** Parts of the kernel's modules that containers have no use for, and most of their size. */
const needless = ["drivers/gpu", "drivers/infiniband", "drivers/net/ethernet", "drivers/nvme", "drivers/scsi", "drivers/target", "drivers/media", "fs/btrfs", "fs/ceph", "fs/ocfs2", "fs/smb", "fs/xfs"];

export interface GuestTest {
  /** Path in this tree. */
  readonly file: string;
  /** A regular expression of the tests' names. */
  readonly pattern: string;
}

/** Folder of `fetch-kernel`. */
const kernelFolder = join(tree, "node_modules/.cache/guest-kernel");

/** Why no virtual machine can be started here; undefined where one can. */
export function obstacle(): string | undefined {
  if (process.arch !== "x64") return "the virtual machine is one of x86_64";
  if (!existsSync(join(kernelFolder, "boot"))) return `there is no kernel: run test/guest/fetch-kernel ${kernelFolder}`;
  return ["qemu-system-x86_64", "mke2fs", "docker", "ip"].filter((program) => Bun.which(program) === null).map((program) => `${program} is not installed`)[0];
}

/** Runs tests in a new machine. @returns what they said */
export function runInGuest(tests: readonly GuestTest[], seconds: number): string {
  const folder = mkdtempSync(join(tmpdir(), "guest-"));
  try {
    const [version = ""] = readdirSync(join(kernelFolder, "lib/modules"));
    makeRoot(join(folder, "root"), version, tests);
    must("mke2fs", "-q", "-t", "ext4", "-m", "0", "-d", join(folder, "root"), join(folder, "disk"), "800M");
    makeInitialFileSystem(folder, version);
    const { stdout } = spawnSync("qemu-system-x86_64", [
      "-accel", "tcg,thread=multi", "-cpu", "max", "-smp", "2", "-m", "2048", "-nographic", "-nic", "none", "-no-reboot",
      "-kernel", join(kernelFolder, `boot/vmlinuz-${version}`), "-initrd", join(folder, "initrd"),
      "-drive", `file=${join(folder, "disk")},format=raw,if=virtio`, "-append", "console=ttyS0 quiet panic=-1",
    ], { encoding: "utf8", timeout: seconds * 1000, maxBuffer: 64 * 1024 * 1024, stdio: ["ignore", "pipe", "inherit"] });
    return stdout;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function makeRoot(root: string, kernel: string, tests: readonly GuestTest[]): void {
  for (const name of ["bin", "dev", "etc", "proc", "root", "run", "sbin", "sys", "tmp", "usr/bin", "var/lib", "wharf/node_modules/.bin"]) mkdirSync(join(root, name), { recursive: true });
  copyFileSync(requireProgram("busybox"), join(root, "bin/busybox"));
  for (const name of must("busybox", "--list").split("\n")) if (name !== "" && name !== "busybox" && !programs.includes(name)) symlinkSync("busybox", join(root, "bin", name));
  // Where the kernel looks for it when it wants a module.
  symlinkSync("../bin/busybox", join(root, "sbin/modprobe"));
  for (const name of programs) copyProgram(root, requireProgram(name), name === "bun" ? "/wharf/node_modules/.bin/bun" : `/usr/bin/${name}`);
  if (existsSync("/usr/bin/tini-static")) copyFileSync("/usr/bin/tini-static", join(root, "usr/bin/tini-static"));
  for (const name of ["src", "test", "package.json", "tsconfig.json"]) cpSync(join(tree, name), join(root, "wharf", name), { recursive: true });
  for (const name of modules) cpSync(join(tree, "node_modules", name), join(root, "wharf/node_modules", name), { recursive: true });
  for (const path of globSync(join(tree, "node_modules/@koromix/koffi-linux-x64/**/*.node"))) copyLibraries(root, path);
  writeFileSync(join(root, "etc/passwd"), "root:x:0:0:root:/root:/bin/sh\n");
  writeFileSync(join(root, "etc/group"), "root:x:0:\n");
  writeFileSync(join(root, "etc/hosts"), "127.0.0.1\tlocalhost\n");
  writeFileSync(join(root, "etc/resolv.conf"), "nameserver 192.0.2.1\n");
  writeFileSync(join(root, "wharf/tests"), tests.map(({ file, pattern }) => `${file} ${pattern}\n`).join(""));
  cpSync(join(kernelFolder, "lib"), join(root, "lib"), { recursive: true, filter: (path) => !needless.some((part) => path.includes(`/kernel/${part}`)) });
  must("busybox", "depmod", "-b", root, kernel);
  copyFileSync(join(import.meta.dir, "init"), join(root, "init"));
  chmodSync(join(root, "init"), 0o755);
}

function makeInitialFileSystem(folder: string, kernel: string): void {
  const root = join(folder, "initial");
  for (const name of ["bin", "dev", "disk", "modules"]) mkdirSync(join(root, name), { recursive: true });
  copyFileSync(requireProgram("busybox"), join(root, "bin/busybox"));
  copyFileSync(join(import.meta.dir, "first-init"), join(root, "init"));
  chmodSync(join(root, "init"), 0o755);
  for (const name of diskModules) {
    const [path] = globSync(join(kernelFolder, "lib/modules", kernel, `kernel/**/${name}.ko`));
    if (path === undefined) throw new Error(`the kernel has no module ${name}`);
    copyFileSync(path, join(root, "modules", `${name}.ko`));
  }
  must("sh", "-c", 'cd "$1" && busybox find . | busybox cpio -o -H newc >"$2"', "sh", root, join(folder, "initrd"));
}

function copyProgram(root: string, path: string, place: string): void {
  copyFileSync(path, join(root, place));
  copyLibraries(root, path);
}

/** What the loader needs for a program; one that is linked statically needs nothing. */
function copyLibraries(root: string, path: string): void {
  const { stdout } = spawnSync("ldd", [path], { encoding: "utf8" });
  for (const [library] of stdout.matchAll(/\/[^\s:]+(?= \()/g)) {
    const place = join(root, library);
    mkdirSync(dirname(place), { recursive: true });
    copyFileSync(realpathSync(library), place);
  }
}

function requireProgram(name: string): string {
  const found = name === "bun" ? process.execPath : Bun.which(name, { PATH: `${process.env["PATH"] ?? ""}:/usr/sbin:/sbin` });
  if (found === null) throw new Error(`${name} is not installed`);
  return realpathSync(found);
}

function must(program: string, ...words: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(program, words, { encoding: "utf8", maxBuffer: 64 * 1024 * 1024 });
  if (status !== 0) throw new Error(`${program} ${words.join(" ")}: ${stderr}`);
  return stdout;
}
