import { RequestBody } from "./body.ts";
import type { Duplex } from "./duplex.ts";
import { Exchange } from "./exchange.ts";
import type { HttpLimits } from "./limits.ts";
import { HttpRefusal } from "./refusal.ts";
import { parseRequestHead, type RequestHead } from "./request-head.ts";

export type ExchangeHandler = (exchange: Exchange) => Promise<void>;

/**
 * The requests of one connection, one after another. Nothing runs between them: an idle connection costs its buffers
 * and no timer.
 */
export class Connection {
  readonly duplex: Duplex;
  private readonly limits: HttpLimits;
  private readonly handle: ExchangeHandler;
  private readonly isReliable: boolean;
  private isServing = false;
  private isStopping = false;
  private headSince: number | undefined;
  private isFinishing = false;
  private current: Exchange | undefined;

  /** @param isReliable the peer's close is told apart from its half-close, as on unix sockets */
  constructor(duplex: Duplex, handle: ExchangeHandler, options: { readonly limits: HttpLimits; readonly isReliable: boolean }) {
    this.duplex = duplex;
    this.handle = handle;
    this.limits = options.limits;
    this.isReliable = options.isReliable;
  }

  /** Milliseconds of the monotonic clock when the head that is being received began; undefined when there is none. */
  get headBegan(): number | undefined {
    return this.headSince;
  }

  get isIdle(): boolean {
    return !this.isServing;
  }

  /** Bytes have come, or the input ended. Resolves when there is nothing more to do for now. */
  async serve(): Promise<void> {
    if (this.isServing) return;
    this.isServing = true;
    try {
      while (this.duplex.incoming.length > 0 && !this.duplex.closed) {
        if (await this.serveOne()) continue;
        await this.finish();
        return;
      }
      if (this.duplex.inputEnded || this.isStopping) await this.finish();
      // A request whose bytes were all here when its body was read did not have to ask for more.
      else this.duplex.listen();
    } catch (error) {
      this.duplex.destroy();
      if (!this.duplex.signal.aborted) throw error;
    } finally {
      this.isServing = false;
    }
  }

  /**
   * The client sends nothing more. Where its close cannot be told from that, it counts as gone, unless the connection
   * has been taken over: then only its input has ended.
   */
  onInputEnd(): void {
    this.duplex.onEnd();
    const { current } = this;
    const isAwaited = current !== undefined && current.outcome !== "taken-over" && current.body.isConsumed;
    if (isAwaited && !this.isReliable) this.duplex.destroy();
  }

  /** Takes no further request; the one that runs is finished. */
  async stop(): Promise<void> {
    this.isStopping = true;
    if (!this.isServing) await this.finish();
  }

  /** False: the connection is not to be used again. */
  private async serveOne(): Promise<boolean> {
    let head: RequestHead | undefined;
    try {
      head = await this.readHead();
    } catch (error) {
      if (!(error instanceof HttpRefusal)) throw error;
      await this.refuse(error);
      return false;
    }
    if (head === undefined) return false;
    const { expectsContinue } = head;
    const body = new RequestBody(this.duplex, head.framing, expectsContinue ? () => this.duplex.write(continueLine) : undefined);
    const exchange = new Exchange(head, body, this.duplex);
    this.current = exchange;
    try {
      await this.handle(exchange);
    } finally {
      this.current = undefined;
    }
    if (exchange.outcome === "streaming" || exchange.outcome === "unanswered") {
      this.duplex.destroy();
      return false;
    }
    return exchange.outcome === "answered" && exchange.keepAlive && body.isConsumed && !this.isStopping;
  }

  private async readHead(): Promise<RequestHead | undefined> {
    this.headSince = performance.now();
    try {
      for (;;) {
        const text = this.takeHead();
        if (text !== undefined) return parseRequestHead(text);
        if (this.duplex.inputEnded) return undefined;
        await this.duplex.more();
      }
    } finally {
      this.headSince = undefined;
    }
  }

  private takeHead(): string | undefined {
    try {
      return this.duplex.incoming.takeUntil("\r\n\r\n", this.limits.head);
    } catch (error) {
      if (error instanceof RangeError) throw new HttpRefusal(431, "the request's headers are too large");
      throw error;
    }
  }

  /** The head took too long. */
  async timeOut(): Promise<void> {
    await this.refuse(new HttpRefusal(408, "the request's headers did not come in time"));
    this.duplex.destroy();
  }

  private async refuse(refusal: HttpRefusal): Promise<void> {
    const body = JSON.stringify({ message: refusal.message });
    const lines = [`HTTP/1.1 ${refusal.status} ${refusal.message.replace(/[^ -~]/g, "?")}`, "Content-Type: application/json", `Content-Length: ${Buffer.byteLength(body)}`];
    await this.duplex.write(Buffer.from(`${lines.join("\r\n")}\r\nConnection: close\r\n\r\n${body}`));
  }

  /** Closes without losing what the client has not read yet: our half first, then what the client still sends is thrown away. */
  private async finish(): Promise<void> {
    if (this.duplex.closed || this.isFinishing) return;
    this.isFinishing = true;
    const timer = setTimeout(() => { this.duplex.destroy(); }, this.limits.lingerTime);
    try {
      await this.duplex.endOutput();
      while (!this.duplex.inputEnded) {
        this.duplex.incoming.clear();
        await this.duplex.more();
      }
    } finally {
      clearTimeout(timer);
    }
    this.duplex.close();
  }
}

const continueLine = Buffer.from("HTTP/1.1 100 Continue\r\n\r\n");
