import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const program = join(import.meta.dir, "../../src/wharf.ts");
const stock = Bun.which("docker");

interface Outcome {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Plugins as docker's client finds and calls them: the same by both clients, for plugins that are scripts. */
describe.skipIf(stock === null)(`plugins of docker's client${stock === null ? " (skipped: there is no docker command)" : ""}`, () => {
  const work = mkdtempSync(join(tmpdir(), "wharf-plugins-"));
  const config = join(work, "config");

  function configure(file: unknown): void {
    writeFileSync(join(config, "config.json"), JSON.stringify(file));
  }

  function plugin(path: string, metadata: string): void {
    writeFileSync(path, `#!/bin/sh
if [ "$1" = docker-cli-plugin-metadata ]; then echo '${metadata}'; exit; fi
if [ "$1" = __complete ]; then printf 'one\\tthe first\\ntwo\\n:4\\n'; exit; fi
[ "$2" = read ] && { cat; echo to err >&2; exit 3; }
echo "$0 called with: $*"
echo "host $DOCKER_HOST, called by \${DOCKER_CLI_PLUGIN_ORIGINAL_CLI_COMMAND:+a client}"
`);
    chmodSync(path, 0o755);
  }

  beforeAll(() => {
    for (const folder of ["config/cli-plugins", "config/cli-plugins/docker-folder", "extra"]) mkdirSync(join(work, folder), { recursive: true });
    const good = '{"SchemaVersion":"0.1.0","Vendor":"Acme","Version":"v1.2","ShortDescription":"Says hello","URL":"https://acme.example"}';
    plugin(join(config, "cli-plugins/docker-hello"), good);
    plugin(join(config, "cli-plugins/docker-other"), good);
    plugin(join(work, "extra/docker-hello"), good);
    plugin(join(config, "cli-plugins/docker-Bad_name"), good);
    plugin(join(config, "cli-plugins/docker-ps"), good);
    plugin(join(config, "cli-plugins/docker-schema"), good.replace("0.1.0", "9"));
    plugin(join(config, "cli-plugins/docker-novendor"), good.replace('"Vendor":"Acme",', ""));
    configure({ cliPluginsExtraDirs: [join(work, "extra")] });
  });
  afterAll(() => { rmSync(work, { recursive: true, force: true }); });

  async function run(command: readonly string[], words: readonly string[], options: { readonly environment?: Readonly<Record<string, string>>; readonly input?: string } = {}): Promise<Outcome> {
    const env = { PATH: process.env["PATH"] ?? "", HOME: work, DOCKER_CONFIG: config, DOCKER_HOST: "unix:///nonexistent.sock", ...options.environment };
    const child = Bun.spawn([...command, ...words], { env, stdin: Buffer.from(options.input ?? ""), stdout: "pipe", stderr: "pipe" });
    const [code, out, err] = await Promise.all([child.exited, child.stdout.text(), child.stderr.text()]);
    return { code, out, err };
  }
  const docker = (...words: readonly string[]): Promise<Outcome> => run([stock ?? "docker"], words);
  const wharf = (...words: readonly string[]): Promise<Outcome> => run([process.execPath, program], words);

  for (const line of ["hello a -b --help", "--debug -H unix:///x hello a", "other", "help hello", "novendor", "schema x", "Bad_name", "folder"]) {
    test(line, async () => {
      const [wanted, got] = [await docker(...line.split(" ")), await wharf(...line.split(" "))];
      expect({ ...got, err: got.err.replaceAll("wharf", "docker") }).toEqual(wanted);
    }, 60_000);
  }

  test("its input, its outputs and its exit code are ours", async () => {
    expect(await run([process.execPath, program], ["hello", "read"], { input: "typed\n" })).toEqual({ code: 3, out: "typed\n", err: "to err\n" });
  }, 60_000);

  test("it finds wharf's engine where only wharf knows it", async () => {
    const ours = await run([process.execPath, program], ["hello"], { environment: { DOCKER_HOST: "", WHARF_HOST: "unix:///ours.sock" } });
    expect(ours.out).toContain("host unix:///ours.sock, called by a client\n");
    const standard = await run([process.execPath, program], ["hello"], { environment: { DOCKER_HOST: "" } });
    expect(standard.out).toContain("host unix:///run/wharf/wharf.sock, called by a client\n");
  }, 60_000);

  test("help shows what can be used with a star, and why the rest cannot be", async () => {
    const { out } = await wharf("--help");
    const wanted = (await docker("--help")).out;
    expect(/\nManagement Commands:\n[^]*?\n\n/.exec(out)?.[0]).toContain("\n  hello*      Says hello\n");
    expect(/\nInvalid Plugins:\n[^]*?\n\n/.exec(out)?.[0]).toBe(/\nInvalid Plugins:\n[^]*?\n\n/.exec(wanted)?.[0] ?? "there is none");
  }, 60_000);

  test("info tells the same of them", async () => {
    const [wanted, got] = [await docker("info", "--format", "{{json .ClientInfo.Plugins}}"), await wharf("info", "--format", "{{json .ClientInfo.Plugins}}")];
    expect(JSON.parse(got.out)).toEqual(JSON.parse(wanted.out));
    const text = (outcome: Outcome): string | undefined => / Plugins:\n[^]*?\n\n/.exec(outcome.out)?.[0];
    const [wantedText, gotText] = [await docker("info"), await wharf("info")];
    expect(text(gotText)).toBe(text(wantedText));
    expect(gotText.err).toBe(wantedText.err);
  }, 60_000);

  test("completion offers them, and they complete their own lines", async () => {
    expect((await wharf("__complete", "hel")).out).toBe("hello\nhelp\n");
    expect((await wharf("__complete", "hello", "")).out).toBe("one\ntwo\n");
  }, 60_000);

  test("an alias gives the builder's lines to a plugin; no other is allowed", async () => {
    const environment = { DOCKER_BUILDKIT: "1" };
    for (const aliases of [{ builder: "hello" }, { ps: "hello" }, { builder: "ps" }]) {
      configure({ cliPluginsExtraDirs: [join(work, "extra")], aliases });
      for (const line of ["build -t x .", "image build .", "builder du"]) {
        const [wanted, got] = [await run([stock ?? "docker"], line.split(" "), { environment }), await run([process.execPath, program], line.split(" "), { environment })];
        expect({ line, ...got }).toEqual({ line, ...wanted });
      }
    }
  }, 60_000);
});
