import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { Certificates, hasOpenssl } from "../../src/engine/server/fake/index.ts";
import { wharf, type Outcome } from "../../src/client/cli/fake/index.ts";

const stock = Bun.which("docker");
const reason = [...(stock === null ? ["there is no docker command"] : []), ...(hasOpenssl ? [] : ["there is no openssl"])].join(", ");

/**
 * Contexts as docker's client has them: the same lines by both clients, each in a folder of its own, say the same and
 * leave the same files; and what the one made the other uses.
 */
describe.skipIf(reason !== "")(`docker's contexts and ours${reason === "" ? "" : ` (skipped: ${reason})`}`, () => {
  const work = mkdtempSync(join(tmpdir(), "wharf-contexts-"));
  const folders = { docker: join(work, "docker"), wharf: join(work, "wharf") };
  beforeAll(() => {
    for (const folder of Object.values(folders)) mkdirSync(folder);
    using certificates = new Certificates();
    for (const name of ["ca", "cert", "key"]) writeFileSync(join(work, name), certificates.read(`${name}.pem`));
    writeFileSync(join(work, "junk"), "no PEM\n");
  });
  afterAll(() => { rmSync(work, { recursive: true, force: true }); });

  async function docker(words: readonly string[], environment: Readonly<Record<string, string>>, input = ""): Promise<Outcome> {
    const child = Bun.spawn([stock ?? "docker", ...words], { env: { PATH: process.env["PATH"] ?? "", HOME: work, ...environment }, cwd: work, stdin: Buffer.from(input), stdout: "pipe", stderr: "pipe" });
    const [code, out, err] = await Promise.all([child.exited, child.stdout.text(), child.stderr.text()]);
    return { code, out, err };
  }

  /** What differs on purpose: the program's name, its own default socket, and the folder. */
  function alike({ code, out, err }: Outcome, folder: string): Outcome {
    const text = (written: string): string => written
      .replaceAll(folder, "FOLDER").replaceAll("unix:///run/wharf/wharf.sock", "unix:///var/run/docker.sock").replace(/\bwharf\b(?!-)/g, "docker")
      .replaceAll("\\u003cIN MEMORY\\u003e", "<IN MEMORY>").replace(/ {2,}/g, "  ").replace(/ +$/gm, "").replace(/"\/t…|\/t…/g, "…");
    return { code, out: text(out), err: text(err) };
  }

  /** Every file of a configuration folder, with its mode and text. */
  function filesOf(folder: string): string[] {
    return readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).map((entry) => {
      const path = join(entry.parentPath, entry.name);
      return `${relative(folder, path)} ${(statSync(path).mode & 0o777).toString(8)} ${readFileSync(path, "utf8").replaceAll("unix:///run/wharf/wharf.sock", "unix:///var/run/docker.sock")}`;
    }).sort();
  }

  const lines: readonly (readonly [line: string, environment?: Readonly<Record<string, string>>])[] = [
    ["context ls"], ["context show"], ["context create aa"], ["context create bb --description the_b --docker host=tcp://1.2.3.4:2376"], ["context create bb"],
    ["context create cc --docker host=ssh://me@x"], ["context create bad --docker foo=x"], ["context create bad --docker bogus"], ["context create a"],
    ["context create default"], ["context create"], ["context create aa bb"],
    [`context create tt --docker host=tcp://h:1,ca=${work}/ca,cert=${work}/cert,key=${work}/key,skip-tls-verify=true`],
    ["context create t2 --docker host=tcp://h:1,skip-tls-verify=bogus"], ["context create t3 --docker host=tcp://h:1,ca=/nonexistent"],
    [`context create t4 --docker host=tcp://h:1,ca=${work}/junk`],
    ["context create fromt --from tt"], ["context create fromd --docker from=bb --description q"], ["context create ff --docker from=nosuch"],
    ["context create ff --from nosuch"], ["context create both --from tt --docker host=tcp://y:1"],
    ["context ls"], ["context ls -q"], ["context ls --format json"], ["context ls --format {{.Name}}:{{.Current}}:{{.DockerEndpoint}}:{{.Error}}"], ["context ls --format {{.Nope}}"],
    ["context inspect aa tt fromd"], ["context inspect"], ["context inspect nosuch"], ["context inspect -f {{.Name}}:{{.Endpoints.docker.Host}} bb nosuch"],
    ["context use bb"], ["context show"], ["context ls"], ["context use nosuch"], ["context use bb", { DOCKER_HOST: "unix:///x" }], ["context ls", { DOCKER_HOST: "unix:///x" }],
    ["context show", { DOCKER_HOST: "unix:///x" }], ["context show", { DOCKER_CONTEXT: "cc" }], ["context ls", { DOCKER_CONTEXT: "nosuch" }], ["ps", { DOCKER_CONTEXT: "nosuch" }],
    ["context show", { DOCKER_CONTEXT: "cc", DOCKER_HOST: "unix:///x" }], ["-H unix:///x context show"], ["--context aa context show"], ["--context nosuch version"],
    ["--context x -H unix:///x ps"], ["-H a -H b ps"],
    ["context update bb --description new"], [`context update bb --docker host=tcp://5.6.7.8:1,ca=${work}/ca`], ["context inspect bb"], ["context update bb"],
    ["context update nosuch"], ["context update default --description x"],
    ["context export nosuch -"], ["context export a -"], ["context export tt /nonexistent/x"], ["context export"], ["context import nc /nonexistent"], ["context import default x"],
    ["context import tt /dev/null"], ["context rm bb"], ["context rm -f bb"], ["context use cc"], ["context rm aa nosuch fromt"], ["context rm -f nosuch"], ["context rm default"],
    ["context rm"], ["context show"], ["context use default"], ["context show extra"],
  ];
  test("the same lines say the same and leave the same files", async () => {
    for (const [line, environment = {}] of lines) {
      const words = line.split(" ");
      const [wanted, got] = await Promise.all([
        docker(words, { ...environment, DOCKER_CONFIG: folders.docker }), wharf(words, { environment: { ...environment, DOCKER_CONFIG: folders.wharf } }),
      ]);
      expect({ line, ...alike(got, folders.wharf) }).toEqual({ line, ...alike(wanted, folders.docker) });
      expect({ line, files: filesOf(folders.wharf) }).toEqual({ line, files: filesOf(folders.docker) });
    }
  }, 120_000);

  test("a context exported by the one is imported by the other, its keys included", async () => {
    const names = { docker: join(work, "made by docker"), wharf: join(work, "made by wharf") };
    await docker(["context", "export", "tt", names.docker], { DOCKER_CONFIG: folders.docker });
    await wharf(["context", "export", "tt", names.wharf], { environment: { DOCKER_CONFIG: folders.wharf } });
    expect(statSync(names.wharf).mode & 0o777).toBe(0o600);
    expect((await wharf(["context", "export", "tt", names.wharf], { environment: { DOCKER_CONFIG: folders.wharf } })).err).toBe(`open ${names.wharf}: file exists\n`);
    expect(await docker(["context", "import", "other", names.wharf], { DOCKER_CONFIG: folders.docker })).toMatchObject({ code: 0, out: "other\n" });
    expect(await wharf(["context", "import", "other", names.docker], { environment: { DOCKER_CONFIG: folders.wharf } })).toMatchObject({ code: 0, out: "other\n" });
    expect(filesOf(folders.wharf)).toEqual(filesOf(folders.docker));
  }, 60_000);

  test("each lists and removes what the other made, in the same folder", async () => {
    const shared = join(work, "shared");
    cpSync(folders.docker, shared, { recursive: true });
    const environment = { DOCKER_CONFIG: shared };
    await wharf(["context", "create", "ours", "--docker", "host=tcp://ours:1"], { environment });
    expect((await docker(["context", "ls", "-q"], environment)).out).toBe("cc\ndefault\nfromd\nother\nours\ntt\n");
    expect((await docker(["context", "rm", "ours"], environment)).code).toBe(0);
    expect((await wharf(["context", "rm", "other", "tt"], { environment })).code).toBe(0);
    expect((await docker(["context", "ls", "-q"], environment)).out).toBe((await wharf(["context", "ls", "-q"], { environment })).out);
  }, 60_000);
});
