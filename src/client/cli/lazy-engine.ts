import { isEngineError } from "../../base/index.ts";
import { connect, type EngineClient } from "../sdk/index.ts";
import { CommandFailure } from "./command/index.ts";
import type { CommandLine } from "./command-line.ts";
import { httpHeaders } from "./config-file/index.ts";
import { chooseHost, startDefaultEngine } from "./host/index.ts";
import type { LineSettings } from "./line-settings.ts";
import { productVersion } from "./product-version/index.ts";

/**
 * The client for a command, made when it is first asked for: commands of the client alone work also where the context in
 * use is gone. One on the default socket starts the engine when it is not there.
 */
export class LazyEngine implements Disposable {
  readonly #line: CommandLine;
  readonly #from: LineSettings;
  readonly #mayStart: boolean;
  #client: EngineClient | undefined;

  /** @param options `mayStart` false: an engine that is not there stays so */
  constructor(line: CommandLine, from: LineSettings, options: { readonly mayStart?: boolean } = {}) {
    this.#line = line;
    this.#from = from;
    this.#mayStart = options.mayStart ?? true;
  }

  get client(): EngineClient {
    return this.#client ??= resolved(() => this.#connect());
  }

  #connect(): EngineClient {
    const { environment, self, io } = this.#line;
    const { settings, sources } = this.#from;
    const chosen = chooseHost(sources());
    const headers = httpHeaders(settings.file(), environment);
    const version = /^1\.(\d{1,4})$/.exec(environment["DOCKER_API_VERSION"] ?? "")?.[1];
    return connect({
      host: chosen.host,
      userAgent: `wharf/${productVersion}`,
      headers,
      ...(chosen.tls === undefined ? {} : { tls: chosen.tls }),
      ...(version === undefined ? {} : { version: Number(version) }),
      ...(chosen.isDefault && this.#mayStart ? { onAbsent: () => startDefaultEngine({ self, host: chosen.host, io }) } : {}),
    });
  }

  [Symbol.dispose](): void {
    this.#client?.close();
  }
}

/** A host that cannot be made sense of ends the command line before its command. */
function resolved<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!isEngineError(error)) throw error;
    const message = error.message.startsWith("Failed to initialize") ? error.message : `Failed to initialize: unable to resolve docker endpoint: ${error.message}`;
    throw new CommandFailure(1, message, { cause: error });
  }
}
