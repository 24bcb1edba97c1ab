import { createHash } from "node:crypto";
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const busybox = "/bin/busybox";
/** The same in every run, so that every engine gives the image the same id. */
const epoch = "@1700000000";

/**
 * Writes `busybox:latest` as `docker save` does, made of Debian's busybox-static.
 * @throws Error when busybox or tar is not there
 */
export function writeBusyboxArchive(path: string): void {
  const work = mkdtempSync(join(tmpdir(), "wharf-busybox-"));
  try {
    const root = join(work, "root");
    for (const directory of ["bin", "etc", "root", "tmp", "var/tmp", "home"]) mkdirSync(join(root, directory), { recursive: true });
    copyFileSync(busybox, join(root, "bin/busybox"));
    const applets = Bun.spawnSync([busybox, "--list"]).stdout.toString().split("\n");
    for (const applet of applets) if (applet !== "" && applet !== "busybox") symlinkSync("busybox", join(root, "bin", applet));
    writeFileSync(join(root, "etc/passwd"), "root:x:0:0:root:/root:/bin/sh\nann:x:1000:1000::/home:/bin/sh\nnobody:x:65534:65534::/home:/bin/false\n");
    writeFileSync(join(root, "etc/group"), "root:x:0:\nstaff:x:50:ann\nann:x:1000:\nnobody:x:65534:\n");
    pack(root, join(work, "layer.tar"));

    const archive = join(work, "archive");
    mkdirSync(archive);
    const layer = readFileSync(join(work, "layer.tar"));
    const digest = sha256(layer);
    const config = JSON.stringify(imageConfig(digest));
    const configName = `${sha256(config)}.json`;
    mkdirSync(join(archive, digest));
    writeFileSync(join(archive, digest, "layer.tar"), layer);
    writeFileSync(join(archive, configName), config);
    writeFileSync(join(archive, "manifest.json"), JSON.stringify([{ Config: configName, RepoTags: ["busybox:latest"], Layers: [`${digest}/layer.tar`] }]));
    pack(archive, path);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

function imageConfig(layerDigest: string): unknown {
  return {
    created: "2023-11-14T22:13:20Z",
    architecture: process.arch === "arm64" ? "arm64" : "amd64",
    os: "linux",
    config: { Env: ["PATH=/bin"], Cmd: ["sh"] },
    rootfs: { type: "layers", diff_ids: [`sha256:${layerDigest}`] },
    history: [{ created: "2023-11-14T22:13:20Z", created_by: "busybox-static" }],
  };
}

function pack(directory: string, target: string): void {
  const { success, stderr } = Bun.spawnSync([
    "tar", "--create", "--file", target, "--directory", directory, "--sort=name", "--owner=0", "--group=0", "--numeric-owner", `--mtime=${epoch}`, ".",
  ]);
  if (!success) throw new Error(`tar: ${stderr.toString()}`);
}

function sha256(bytes: string | Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
