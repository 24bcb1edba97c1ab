import type { EngineClient, TlsSettings } from "../../sdk/index.ts";
import type { FlagValues } from "./flag-values.ts";
import type { Flag, FlagNeeds } from "./flag.ts";

/** The streams of the process, so that a test can give its own. */
export interface Stdio {
  readonly out: OutputStream;
  readonly err: OutputStream;
  readonly input: InputStream;
}

export interface OutputStream {
  readonly isTerminal: boolean;
  /** A terminal whose user has not said no (NO_COLOR, or TERM=dumb). */
  readonly hasColour: boolean;
  /** Written whole before it resolves; what waits in memory is what the caller holds. @throws OutputClosed */
  write(data: string | Uint8Array): Promise<void>;
  /** Of the terminal. */
  size(): { readonly columns: number; readonly rows: number };
}

export interface InputStream {
  readonly isTerminal: boolean;
  chunks(): AsyncIterable<Uint8Array>;
  /** Turns the terminal's own editing and signals off; the result turns them on again. */
  makeRaw(): () => void;
}

/** The reader of an output is gone: the command ends as if a signal had ended it. */
export class OutputClosed extends Error {}

/** What a plugin of docker's client says of itself; see docker/cli, cli-plugins/metadata. */
export interface PluginMetadata {
  readonly SchemaVersion?: string;
  readonly Vendor?: string;
  readonly Version?: string;
  readonly ShortDescription?: string;
  readonly URL?: string;
}

/** A plugin of docker's client as `info` shows it. */
export interface Plugin extends PluginMetadata {
  readonly Name: string;
  readonly Path: string;
  /** Files of the same name in folders that come later. */
  readonly ShadowedPaths?: readonly string[];
  /** Why it cannot be used; absent for one that can. */
  readonly Err?: string;
}

/** What the environment and docker's configuration files say. */
export interface ClientSettings {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Docker's folder of configuration: config.json, contexts, plugins. */
  readonly folder: string;
  /** Parsed config.json; empty where there is none. */
  readonly file: () => Readonly<Record<string, unknown>>;
  /** Name of the context in use. */
  readonly context: () => string;
  /** Every plugin of docker's client on this machine; each is asked what it is. */
  readonly plugins: () => Promise<readonly Plugin[]>;
  readonly isDebugging: boolean;
  /** Where the engine of the context "default" listens. */
  readonly defaultHost: () => { readonly host: string; readonly tls?: TlsSettings };
}

export interface CommandContext {
  /** The engine of this command line; nothing is sent before it is used. */
  readonly engine: EngineClient;
  readonly io: Stdio;
  readonly settings: ClientSettings;
  /** Calls back on each of these signals until disposed. */
  readonly onSignals: (signals: readonly NodeJS.Signals[], handle: (signal: NodeJS.Signals) => void) => Disposable;
}

export interface CommandInput {
  readonly flags: FlagValues;
  readonly args: readonly string[];
}

/** How many arguments a command takes; `most` absent: any number. */
export interface Arity {
  readonly least: number;
  readonly most?: number;
}

/** One command, loaded when it is called. */
export interface Command {
  /** Behind the command's name in its usage line. */
  readonly usage: string;
  readonly flags: readonly Flag[];
  readonly arity: Arity;
  /** False: the first argument ends the flags. */
  readonly isInterspersed?: boolean;
  /** What the engine has to be for the command to mean something. */
  readonly needs?: FlagNeeds;
  /** More about it in its help text. */
  readonly details?: string;
  /** Resolves with the exit code. */
  run(context: CommandContext, input: CommandInput): Promise<number>;
}

/** An error that has a docker exit code of its own, other than 1. */
export class CommandFailure extends Error {
  readonly exitCode: number;
  /** Prints "wharf: …" in front and a pointer to the help text behind, as docker does for `run`. */
  readonly isBlamed: boolean;
  constructor(exitCode: number, message: string, options: { readonly isBlamed?: boolean; readonly cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.exitCode = exitCode;
    this.isBlamed = options.isBlamed ?? false;
  }
}
