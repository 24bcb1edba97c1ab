import type { ContainerCreateReply, ContainerInspect, ContainerWaitReply } from "../../src/api/types/index.ts";
import { connect, type EngineClient, type HijackedStream } from "../../src/client/sdk/index.ts";
import { TestEngine, type Ran } from "../engine-harness.ts";

/** An engine with busybox, and the few calls that tests of containers are made of. */
export class ContainerWorld implements AsyncDisposable {
  readonly engine: TestEngine;
  readonly client: EngineClient;

  private constructor(engine: TestEngine) {
    this.engine = engine;
    this.client = connect({ host: engine.host });
  }

  /** As {@link TestEngine.start}. */
  static async open(extra: readonly string[] = [], environment: Readonly<Record<string, string>> = {}): Promise<ContainerWorld> {
    const engine = await TestEngine.start(extra, environment);
    try {
      await engine.addBusybox();
      return new ContainerWorld(engine);
    } catch (error) {
      await engine.close();
      throw error;
    }
  }

  docker(...words: readonly string[]): Ran {
    return this.engine.command("docker", ...words);
  }

  /** What the stock client prints; it has to succeed. */
  output(...words: readonly string[]): string {
    return this.engine.output("docker", ...words).trimEnd();
  }

  /** @returns the new container's id */
  async create(script: string, changes: Readonly<Record<string, unknown>> = {}): Promise<string> {
    const reply = await this.engine.call<ContainerCreateReply>("POST", "/containers/create", { Image: "busybox", Cmd: ["sh", "-c", script], ...changes });
    if (reply.status !== 201) throw new Error(`create: ${reply.status} ${JSON.stringify(reply.body)}`);
    return reply.body.Id;
  }

  async start(id: string): Promise<void> {
    const { status, body } = await this.engine.call("POST", `/containers/${id}/start`);
    if (status !== 204) throw new Error(`start: ${status} ${JSON.stringify(body)}`);
  }

  async run(script: string, changes: Readonly<Record<string, unknown>> = {}): Promise<string> {
    const id = await this.create(script, changes);
    await this.start(id);
    return id;
  }

  async wait(id: string, condition = "not-running"): Promise<number> {
    const { body } = await this.engine.call<ContainerWaitReply>("POST", `/containers/${id}/wait?condition=${condition}`);
    return body.StatusCode;
  }

  async inspect(id: string): Promise<ContainerInspect> {
    return (await this.engine.call<ContainerInspect>("GET", `/containers/${id}/json`)).body;
  }

  /** Resolves when the container's log has the text. */
  async logged(id: string, text: string): Promise<void> {
    const response = await fetch(`http://engine/containers/${id}/logs?follow=1&stdout=1&stderr=1`, { unix: this.engine.socket });
    let seen = "";
    for await (const chunk of response.body ?? []) {
      seen += Buffer.from(chunk).toString();
      if (seen.includes(text)) return;
    }
    throw new Error(`the log ended without ${text}: ${seen}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.client.close();
    await this.engine.close();
  }
}

export type { HijackedStream };
