import type { TestEngine } from "../../engine-harness.ts";

/** Numbers that a seed repeats (mulberry32). */
export function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000;
  };
}

export interface Load {
  readonly engine: TestEngine;
  readonly next: () => number;
  /** Archive of an image that is loaded and removed over and over. */
  readonly archive: ArrayBuffer;
  readonly imageName: string;
  /** Takes answers that no engine may give. */
  readonly complain: (what: string) => void;
  readonly isOver: () => boolean;
}

/** Answers that calls under this load may have: others remove what one works on. */
const expected: ReadonlySet<number> = new Set([200, 201, 204, 304, 404, 409]);

/**
 * Clients that each do one thing over and over until it is over; an engine that dies is none of their business.
 * @returns how often each got to its end
 */
export async function runLoad(load: Load): Promise<Readonly<Record<string, number>>> {
  const clients = [runAndRemove, startAndStop, loadAndDelete, removeRunning, volumes, published];
  const rounds = await Promise.all(clients.map(async (client) => [client.name, await repeat(load, async () => client(load))] as const));
  return Object.fromEntries(rounds);
}

async function repeat(load: Load, work: () => Promise<void>): Promise<number> {
  let rounds = 0;
  while (!load.isOver()) {
    try {
      await work();
      rounds += 1;
    } catch (error) {
      if (!(error instanceof EngineGone)) throw error;
      // The next engine needs some time; its socket tells when it is there.
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }
  return rounds;
}

/** The connection broke, or there was nobody to connect to. */
class EngineGone extends Error {}

async function call(load: Load, method: string, path: string, body?: unknown): Promise<{ status: number; body: unknown }> {
  const reply = await load.engine.call(method, path, body).catch((cause: unknown) => {
    throw new EngineGone(path, { cause });
  });
  if (!expected.has(reply.status)) load.complain(`${method} ${path}: ${reply.status} ${JSON.stringify(reply.body)}`);
  return reply;
}

async function create(load: Load, config: object): Promise<string | undefined> {
  const { status, body } = await call(load, "POST", "/containers/create", { Image: "busybox", ...config });
  return status === 201 && typeof body === "object" && body !== null && "Id" in body ? String(body.Id) : undefined;
}

async function runAndRemove(load: Load): Promise<void> {
  const code = Math.floor(load.next() * 5);
  const id = await create(load, { Cmd: ["sh", "-c", `echo ${code}; exit ${code}`], HostConfig: { NetworkMode: load.next() < 0.5 ? "none" : "bridge", AutoRemove: load.next() < 0.3 } });
  if (id === undefined) return;
  const wait = call(load, "POST", `/containers/${id}/wait?condition=next-exit`);
  const [reply] = await Promise.all([wait, call(load, "POST", `/containers/${id}/start`)]);
  const { body } = reply;
  const told = typeof body === "object" && body !== null && "StatusCode" in body ? body.StatusCode : undefined;
  if (told !== undefined && told !== code) load.complain(`a program ended with ${code}, and ${JSON.stringify(body)} was told`);
  await call(load, "DELETE", `/containers/${id}?v=1`);
}

async function startAndStop(load: Load): Promise<void> {
  const id = await create(load, { Cmd: ["sh", "-c", "trap 'exit 0' TERM; sleep 1000 & wait"], Volumes: { "/data": {} } });
  if (id === undefined) return;
  await call(load, "POST", `/containers/${id}/start`);
  await call(load, "POST", `/containers/${id}/stop?t=20`);
  await call(load, "DELETE", `/containers/${id}?v=1&force=1`);
}

async function loadAndDelete(load: Load): Promise<void> {
  const response = await fetch("http://engine/images/load", { method: "POST", unix: load.engine.socket, body: load.archive }).catch((cause: unknown) => {
    throw new EngineGone("load", { cause });
  });
  const text = await response.text().catch((cause: unknown) => {
    throw new EngineGone("load", { cause });
  });
  if (response.status !== 200 || text.includes('"error"')) load.complain(`load: ${response.status} ${text}`);
  await call(load, "DELETE", `/images/${load.imageName}?force=1`);
}

async function removeRunning(load: Load): Promise<void> {
  const policy = load.next() < 0.5 ? "always" : "on-failure";
  const id = await create(load, { Cmd: ["sh", "-c", "sleep 0.05; exit 3"], HostConfig: { RestartPolicy: { Name: policy } } });
  if (id === undefined) return;
  await call(load, "POST", `/containers/${id}/start`);
  await call(load, "DELETE", `/containers/${id}?force=1&v=1`);
}

async function volumes(load: Load): Promise<void> {
  const name = `volume-${Math.floor(load.next() * 1e9)}`;
  await call(load, "POST", "/volumes/create", { Name: name });
  const id = await create(load, { Cmd: ["sh", "-c", "echo x > /data/x"], HostConfig: { Binds: [`${name}:/data`] } });
  if (id !== undefined) {
    await call(load, "POST", `/containers/${id}/start`);
    await call(load, "DELETE", `/containers/${id}?force=1&v=1`);
  }
  await call(load, "DELETE", `/volumes/${name}`);
}

async function published(load: Load): Promise<void> {
  const id = await create(load, { Cmd: ["sleep", "1000"], ExposedPorts: { "80/tcp": {} }, HostConfig: { PortBindings: { "80/tcp": [{ HostIp: "127.0.0.1", HostPort: "" }] } } });
  if (id === undefined) return;
  await call(load, "POST", `/containers/${id}/start`);
  await call(load, "POST", `/containers/${id}/kill`);
  await call(load, "DELETE", `/containers/${id}?force=1&v=1`);
}
