import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";

const program = `use Socket; my $path = shift; unlink $path; socket(my $s, AF_UNIX, SOCK_DGRAM, 0) or die $!; bind($s, pack_sockaddr_un($path)) or die $!;
$| = 1; print "ready\\n"; while (defined recv($s, my $m, 65536, 0)) { print length($m), "\\n", $m, "\\n"; }`;

/** Takes datagrams on a unix socket, as a machine's syslog and journal do; perl is on every Debian. */
export class DatagramReceiver implements Disposable {
  readonly #child: ChildProcess;
  #bytes = Buffer.alloc(0);
  readonly messages: Buffer[] = [];
  #look: () => void = () => undefined;

  private constructor(child: ChildProcess) {
    this.#child = child;
  }

  static async start(path: string): Promise<DatagramReceiver> {
    const child = spawn("perl", ["-e", program, path], { stdio: ["ignore", "pipe", "inherit"] });
    const receiver = new DatagramReceiver(child);
    const output = child.stdout;
    const [first] = (await once(output, "data")) as [Buffer];
    receiver.#take(first.subarray("ready\n".length));
    output.on("data", (bytes: Buffer) => { receiver.#take(bytes); });
    return receiver;
  }

  #take(bytes: Buffer): void {
    this.#bytes = Buffer.concat([this.#bytes, bytes]);
    for (let line = this.#bytes.indexOf(10); line >= 0; line = this.#bytes.indexOf(10)) {
      const length = Number(this.#bytes.subarray(0, line).toString());
      if (this.#bytes.length < line + 1 + length + 1) break;
      this.messages.push(this.#bytes.subarray(line + 1, line + 1 + length));
      this.#bytes = this.#bytes.subarray(line + 1 + length + 1);
    }
    this.#look();
  }

  /** Resolves when so many messages have come. */
  async has(count: number): Promise<void> {
    while (this.messages.length < count) {
      const { promise, resolve } = Promise.withResolvers<undefined>();
      this.#look = () => { resolve(undefined); };
      await promise;
    }
  }

  [Symbol.dispose](): void {
    this.#child.kill("SIGKILL");
  }
}
