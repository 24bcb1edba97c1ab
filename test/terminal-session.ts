/** A program on a terminal of its own, as a user would type at it. */
export class TerminalSession {
  readonly terminal: Bun.Terminal;
  readonly exited: Promise<number>;
  readonly #process: Bun.Subprocess;
  #seen = "";
  #ended: number | undefined;
  #wake: (() => void) | undefined;

  /** 100 columns and 30 rows at first. */
  constructor(command: readonly string[], environment: Readonly<Record<string, string | undefined>>) {
    this.terminal = new Bun.Terminal({
      cols: 100, rows: 30,
      data: (_, bytes) => {
        this.#seen += Buffer.from(bytes).toString();
        this.#wake?.();
      },
    });
    this.#process = Bun.spawn([...command], { terminal: this.terminal, env: { ...environment } });
    this.exited = this.#process.exited;
    void this.exited.then((code) => {
      this.#ended = code;
      this.#wake?.();
    });
  }

  type(text: string): void {
    this.terminal.write(text);
  }

  resize(columns: number, rows: number): void {
    this.terminal.resize(columns, rows);
    // It is not the program's controlling terminal, for which the kernel would send the signal.
    this.#process.kill("SIGWINCH");
  }

  /** Resolves when this has appeared since the last call; fails by the test's time limit. */
  async shows(pattern: RegExp): Promise<string> {
    for (;;) {
      const match = pattern.exec(this.#seen);
      if (match !== null) {
        this.#seen = this.#seen.slice(match.index + match[0].length);
        return match[0];
      }
      if (this.#ended !== undefined) throw new Error(`ended with ${this.#ended} before ${String(pattern)}: ${this.#seen}`);
      const { promise, resolve } = Promise.withResolvers<undefined>();
      this.#wake = () => { resolve(undefined); };
      await promise;
    }
  }
}

/** A script that tells its terminal's size at first and whenever it changes, and echoes lines; a signal makes a read fail, and it reads again. */
export const echoingScript = `trap 'stty size' WINCH
stty size
while :; do
  read line || continue
  echo "<$line>"
  [ "$line" = end ] && exit 7
done`;
