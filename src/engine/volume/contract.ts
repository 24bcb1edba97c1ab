import type { Volume } from "../../api/types/index.ts";
import type { Descriptor } from "../../host/libc/index.ts";

/**
 * What containers need of volumes.
 *
 * A container holds its volumes from its creation to its removal: a held volume cannot be removed. While it runs it uses
 * them: the folder is there, with the file system mounted that a volume's options ask for.
 *
 * At the engine's start the containers in the records hold their volumes again; holds are kept in memory only.
 */
export interface Volumes {
  /**
   * Finds or makes the volume that a container wants, and holds it for the container.
   * @throws EngineError `invalid-argument` or `not-found` with docker's texts for a wrong name, driver or option
   */
  acquire(wish: VolumeRequest, containerId: string): Promise<Volume>;
  /**
   * Holds a volume again for a container of an engine before this one. One whose folder is gone is made anew, empty, so
   * that the container can be started and removed.
   */
  hold(name: string, containerId: string): void;
  /**
   * Lets go of everything that the container holds or uses.
   * @param options.removeAnonymous also removes the volumes without a name that nobody else holds
   */
  release(containerId: string, options: { readonly removeAnonymous: boolean }): Promise<void>;
  /**
   * Gives an empty volume what the image has at the volume's place, with the folder's owner and mode. A volume that has
   * content stays as it is, and so does one at whose place the image has nothing.
   * @param root the container's file system; nothing outside it is reached, whatever links lie in it (CVE-2022-23648)
   * @param path where the volume will be mounted, as the container sees it
   */
  copyUp(name: string, root: Descriptor, path: string): Promise<void>;
  /**
   * Makes the volume ready for a start of the container.
   * @returns the folder on the host to bind; for a subpath, one that cannot be redirected by links in the volume
   */
  use(use: VolumeUse): Promise<string>;
  /** The container has ended: unmounts what nobody else uses. Ending what was not begun is no error. */
  endUse(containerId: string): Promise<void>;
  /** @returns undefined where there is none */
  find(name: string): Volume | undefined;
}

export interface VolumeRequest {
  /** Undefined: a volume of this container's own, with a random name. */
  readonly name: string | undefined;
  /** Empty: "local". */
  readonly driver: string;
  readonly driverOptions: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
}

export interface VolumeUse {
  readonly name: string;
  readonly containerId: string;
  /** Where it appears in the container and how, for the event. */
  readonly destination: string;
  readonly writable: boolean;
  /** A folder or file inside the volume, instead of its root. */
  readonly subpath?: string;
}

/** What volumes tell the rest of the engine: docker's events of type "volume". */
export type VolumeEventSink = (action: string, name: string, attributes: Readonly<Record<string, string>>) => void;
