import { join } from "node:path";

/** Where things of containers lie; every path derives from the two roots. */
export class Places {
  readonly dataRoot: string;
  readonly execRoot: string;

  constructor(dataRoot: string, execRoot: string) {
    this.dataRoot = dataRoot;
    this.execRoot = execRoot;
  }

  /** The folder that a container keeps between its runs: files of its network, log. */
  container(id: string): string {
    return join(this.dataRoot, "containers", id);
  }

  file(id: string, name: "hosts" | "hostname" | "resolv.conf"): string {
    return join(this.container(id), name);
  }

  log(id: string): string {
    return join(this.container(id), `${id}.log`);
  }

  /** The runtime's configuration and what conmon makes beside it, for one run. */
  bundle(id: string): string {
    return join(this.execRoot, "bundles", id);
  }

  /** Where the container's file system is shown while it is started. */
  root(id: string): string {
    return join(this.bundle(id), "rootfs");
  }

  /** What is mounted for the moment of the start. */
  startMounts(id: string): string {
    return join(this.bundle(id), "mounts");
  }

  /** Where a container's files are shown to the engine itself for a while. */
  view(number: number): string {
    return join(this.views, String(number));
  }

  get views(): string {
    return join(this.execRoot, "views");
  }

  exec(id: string, exec: string): string {
    return join(this.bundle(id), `exec-${exec.slice(0, 16)}`);
  }

  get exits(): string {
    return join(this.execRoot, "exits");
  }

  get bundles(): string {
    return join(this.execRoot, "bundles");
  }

  get containers(): string {
    return join(this.dataRoot, "containers");
  }

  sharedMemory(id: string): string {
    return join(this.execRoot, "shm", id);
  }
}
