import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Certificates, FakeServer, hasOpenssl } from "../../src/engine/server/fake/index.ts";

const program = join(import.meta.dir, "../../src/wharf.ts");
const stock = Bun.which("docker");
const clients: Readonly<Record<string, readonly string[]>> = { wharf: [process.execPath, program], ...(stock === null ? {} : { docker: [stock] }) };

interface Outcome {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

async function run(client: string, words: readonly string[], options: { readonly environment: Readonly<Record<string, string>>; readonly input?: Uint8Array }): Promise<Outcome> {
  const child = Bun.spawn([...clients[client] ?? [], ...words], { stdin: options.input ?? new Uint8Array(), stdout: "pipe", stderr: "pipe", env: { ...options.environment } });
  const [code, out, err] = await Promise.all([child.exited, child.stdout.text(), child.stderr.text()]);
  return { code, out, err };
}

/** A fake `ssh` that forgets its options and runs the command on this machine, where `docker` is wharf and has an engine. */
describe("through ssh, by `system dial-stdio`", () => {
  const work = mkdtempSync(join(tmpdir(), "wharf-ssh-"));
  let fake: FakeServer;
  const environment = { PATH: `${work}/bin:${process.env["PATH"] ?? ""}`, HOME: work, DOCKER_CONFIG: join(work, "config") };
  const script = (path: string, text: string): void => {
    writeFileSync(path, `#!/bin/sh\n${text}\n`);
    chmodSync(path, 0o755);
  };

  beforeAll(async () => {
    fake = await FakeServer.start();
    for (const folder of ["bin", "there", "config"]) mkdirSync(join(work, folder));
    script(join(work, "there/docker"), `exec ${process.execPath} ${program} "$@"`);
    script(join(work, "bin/ssh"), `echo "$*" >>${work}/asked
while [ "$1" != -- ]; do shift; done
[ "$2" = unreachable ] && { echo "no route to unreachable" >&2; exit 255; }
shift 2
DOCKER_HOST=unix://${fake.path} PATH=${work}/there:$PATH exec sh -c "$*"`);
  });
  afterAll(async () => {
    await fake[Symbol.asyncDispose]();
    rmSync(work, { recursive: true, force: true });
  });

  for (const client of Object.keys(clients)) {
    test(`${client}: a reply, a refusal, and an upgraded connection to its end in both directions`, async () => {
      const there = { ...environment, DOCKER_HOST: "ssh://me@machine:2222" };
      expect(await run(client, ["version", "--format", "{{.Server.Version}}"], { environment: there })).toMatchObject({ code: 0, err: "" });
      expect(await run(client, ["rm", "nosuch"], { environment: there })).toMatchObject({ code: 1, err: "Error response from daemon: No such container: nosuch\n" });
      const data = Buffer.alloc(1_000_000, "0123456789\n");
      const { code, out } = await run(client, ["run", "-i", "--rm", "busybox", "cat"], { environment: there, input: data });
      expect([code, out.length, out === data.toString()]).toEqual([0, data.length, true]);
      expect(readFileSync(join(work, "asked"), "utf8")).toContain("-T -l me -p 2222 -- machine docker system dial-stdio\n");
    }, 60_000);

    test(`${client}: a socket there, and a context`, async () => {
      rmSync(join(work, "config"), { recursive: true, force: true });
      expect(await run(client, ["context", "create", "there", "--docker", `host=ssh://machine${fake.path}`], { environment })).toMatchObject({ code: 0 });
      for (const other of Object.keys(clients)) {
        expect((await run(other, ["--context", "there", "version", "--format", "{{.Server.Version}}"], { environment })).code).toBe(0);
      }
      expect(readFileSync(join(work, "asked"), "utf8")).toContain(`-- machine docker --host unix://${fake.path} system dial-stdio\n`);
    }, 60_000);
  }

  test("what ssh says of a machine that is not there is told", async () => {
    const { code, out, err } = await run("wharf", ["-H", "ssh://unreachable", "ps"], { environment });
    expect([code, out]).toEqual([1, ""]);
    expect(err).toBe("error during connect: command [ssh -o ConnectTimeout=30 -T -- unreachable docker system dial-stdio] has exited with exit status 255, "
      + "make sure the URL is valid, and Docker 18.09 or later is installed on the remote host: stderr=no route to unreachable\n\n");
  }, 60_000);
});

describe.skipIf(!hasOpenssl)(`through TCP with TLS material${hasOpenssl ? "" : " (skipped: there is no openssl)"}`, () => {
  let certificates: Certificates;
  let others: Certificates;
  let fake: FakeServer;
  let host: string;
  const work = mkdtempSync(join(tmpdir(), "wharf-tls-"));
  const environment = { PATH: process.env["PATH"] ?? "", HOME: work, DOCKER_CONFIG: join(work, "config") };

  beforeAll(async () => {
    [certificates, others] = [new Certificates(), new Certificates()];
    fake = await FakeServer.start({
      tls: { certificate: certificates.read("server.pem"), key: certificates.read("server-key.pem"), clientAuthority: certificates.read("ca.pem") },
    });
    await fake.server.listen({ kind: "tcp", hostname: "127.0.0.1", port: 0 });
    host = `tcp://localhost:${fake.server.ports[0] ?? 0}`;
  }, 60_000);
  afterAll(async () => {
    await fake[Symbol.asyncDispose]();
    for (const each of [certificates, others]) each[Symbol.dispose]();
    rmSync(work, { recursive: true, force: true });
  });

  const asks = ["version", "--format", "{{.Server.Version}}"];

  for (const client of Object.keys(clients)) {
    test(`${client}: by flags, by the environment, by a context`, async () => {
      rmSync(join(work, "config"), { recursive: true, force: true });
      const folder = certificates.directory;
      const files = ["--tlscacert", `${folder}/ca.pem`, "--tlscert", `${folder}/cert.pem`, "--tlskey", `${folder}/key.pem`];
      expect(await run(client, ["--tlsverify", ...files, "-H", host, ...asks], { environment })).toMatchObject({ code: 0, err: "" });
      const byEnvironment = { ...environment, DOCKER_HOST: host, DOCKER_TLS_VERIFY: "1", DOCKER_CERT_PATH: folder };
      expect(await run(client, asks, { environment: byEnvironment })).toMatchObject({ code: 0, err: "" });
      const endpoint = `host=${host},ca=${folder}/ca.pem,cert=${folder}/cert.pem,key=${folder}/key.pem`;
      expect(await run(client, ["context", "create", "secure", "--docker", endpoint], { environment })).toMatchObject({ code: 0 });
      for (const other of Object.keys(clients)) expect(await run(other, ["--context", "secure", ...asks], { environment })).toMatchObject({ code: 0, err: "" });
    }, 60_000);
  }

  test("an engine of another authority is not believed, unless verification is skipped", async () => {
    const of = (ca: Certificates): string => `ca=${ca.directory}/ca.pem,cert=${certificates.directory}/cert.pem,key=${certificates.directory}/key.pem`;
    await run("wharf", ["context", "create", "strange", "--docker", `host=${host},${of(others)}`], { environment });
    await run("wharf", ["context", "create", "careless", "--docker", `host=${host},${of(others)},skip-tls-verify=true`], { environment });
    expect(await run("wharf", ["--context", "strange", "ps"], { environment })).toMatchObject({ code: 1, out: "" });
    expect(await run("wharf", ["--context", "careless", ...asks], { environment })).toMatchObject({ code: 0, err: "" });
  }, 60_000);
});
