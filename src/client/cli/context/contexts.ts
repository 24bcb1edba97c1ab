import type { ClientSettings } from "../command/index.ts";
import { ContextStore, defaultContext, descriptionOf, type StoredContext, type TlsMaterial } from "../context-store/index.ts";

const defaultDescription = "Current DOCKER_HOST based configuration";

/** Every context: those on disk, and the default one that flags and the environment make. */
export class Contexts {
  readonly store: ContextStore;
  readonly #settings: ClientSettings;

  constructor(settings: ClientSettings) {
    this.store = new ContextStore(settings.folder);
    this.#settings = settings;
  }

  /** Name of the one in use. */
  get current(): string {
    return this.#settings.context();
  }

  /** @throws EngineError `not-found` in docker's words. */
  read(name: string): { readonly context: StoredContext; readonly tls: TlsMaterial } {
    if (name !== defaultContext) return { context: this.store.read(name), tls: this.store.readTls(name) };
    return { context: this.#default(), tls: this.#defaultTls() };
  }

  list(): readonly StoredContext[] {
    return [...this.store.list(), this.#default()].sort((a, b) => a.Name.localeCompare(b.Name, "en", { numeric: true }));
  }

  /** A copy of a context's metadata under another name; the default one says there what it is. */
  copy(from: string, name: string): { readonly context: StoredContext; readonly tls: TlsMaterial } {
    const { context, tls } = this.read(from);
    const metadata = from === defaultContext ? { Description: this.describe(context) } : context.Metadata;
    return { context: { ...context, Name: name, Metadata: metadata }, tls };
  }

  describe(context: StoredContext): string {
    return context.Name === defaultContext ? defaultDescription : descriptionOf(context);
  }

  #default(): StoredContext {
    const { host, tls } = this.#settings.defaultHost();
    return { Name: defaultContext, Metadata: {}, Endpoints: { docker: { Host: host, SkipTLSVerify: tls?.verifies === false } } };
  }

  #defaultTls(): TlsMaterial {
    const { tls } = this.#settings.defaultHost();
    const files = Object.entries({ "ca.pem": tls?.ca, "cert.pem": tls?.cert, "key.pem": tls?.key }).flatMap(([name, pem]) =>
      (pem === undefined ? [] : [[name, Buffer.from(pem)] as const]));
    return new Map(files.length === 0 ? [] : [["docker", new Map(files)]]);
  }
}
