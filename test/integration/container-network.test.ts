import { createConnection, createServer, type Socket } from "node:net";
import { createInterface } from "node:readline";
import { expect, test } from "bun:test";
import { TestEngine } from "../engine-harness.ts";

const patience = 300_000;

function docker(engine: TestEngine, ...words: readonly string[]): string {
  const { status, stdout, stderr } = engine.command("docker", ...words);
  if (status !== 0) throw new Error(`docker ${words.join(" ")}: ${stderr}`);
  return stdout.trim();
}

/** A web server in a container, answering when this returns. */
function serve(engine: TestEngine, name: string, ...options: readonly string[]): void {
  docker(engine, "run", "-d", "--name", name, ...options, "busybox", "sh", "-c", `mkdir /w; echo ${name} > /w/index.html; exec httpd -f -h /w -p 80`);
  docker(engine, "exec", name, "sh", "-c", "until wget -qO /dev/null http://127.0.0.1/; do usleep 20000; done");
}

async function fetched(url: string): Promise<string> {
  return (await (await fetch(url)).text()).trim();
}

function portOf(engine: TestEngine, name: string): number {
  return Number(docker(engine, "inspect", "--format", '{{(index (index .NetworkSettings.Ports "80/tcp") 0).HostPort}}', name));
}

test("published ports, names and networks, with docker's own client and real containers", async () => {
  await using engine = await TestEngine.start();
  await engine.addBusybox();
  serve(engine, "plain", "-p", "80");
  const port = portOf(engine, "plain");
  expect(await fetched(`http://127.0.0.1:${port}/`)).toBe("plain");
  expect(await fetched(`http://[::1]:${port}/`)).toBe("plain");

  docker(engine, "network", "create", "--label", "a=b", "back");
  docker(engine, "network", "create", "front");
  serve(engine, "db", "--network", "back", "--network-alias", "store");
  expect(docker(engine, "run", "--rm", "--network", "back", "busybox", "sh", "-c", "wget -qO- http://db/ && wget -qO- http://store/")).toBe("db\ndb");
  expect(engine.command("docker", "run", "--rm", "--network", "front", "busybox", "wget", "-T", "5", "-qO-", "http://db/").status).not.toBe(0);

  docker(engine, "network", "connect", "--alias", "late", "front", "db");
  expect(docker(engine, "run", "--rm", "--network", "front", "busybox", "wget", "-qO-", "http://late/")).toBe("db");
  expect(docker(engine, "inspect", "--format", "{{range $name, $_ := .NetworkSettings.Networks}}{{$name}} {{end}}", "db")).toBe("back front");
  docker(engine, "restart", "-t", "0", "db");
  docker(engine, "exec", "db", "sh", "-c", "until wget -qO /dev/null http://127.0.0.1/; do usleep 20000; done");
  expect(docker(engine, "run", "--rm", "--network", "front", "busybox", "wget", "-qO-", "http://late/")).toBe("db");
  docker(engine, "network", "disconnect", "front", "db");
  expect(engine.command("docker", "run", "--rm", "--network", "front", "busybox", "wget", "-T", "5", "-qO-", "http://late/").status).not.toBe(0);

  const refused = engine.command("docker", "network", "rm", "back");
  expect(refused.stderr).toContain('error while removing network: network back has active endpoints (name:"db" id:');
  const taken = engine.command("docker", "run", "-d", "-p", `${port}:80`, "busybox", "true");
  expect(taken.status).toBe(125);
  expect(taken.stderr).toContain(`Bind for 0.0.0.0:${port} failed: port is already allocated`);
  docker(engine, "rm", "-f", "plain", "db");
  docker(engine, "network", "rm", "back", "front");
  expect(docker(engine, "network", "ls", "--format", "{{.Name}}").split("\n").toSorted()).toEqual(["bridge", "host", "none"]);
}, patience);

test("a connection through a published port survives kill -9 of the engine, and its names are answered again", async () => {
  await using engine = await TestEngine.start();
  await engine.addBusybox();
  docker(engine, "network", "create", "kept");
  docker(engine, "run", "-d", "--name", "echo", "--network", "kept", "-p", "7", "busybox", "nc", "-ll", "-p", "7", "-e", "cat");
  const port = Number(docker(engine, "inspect", "--format", '{{(index (index .NetworkSettings.Ports "7/tcp") 0).HostPort}}', "echo"));
  docker(engine, "exec", "echo", "sh", "-c", "until netstat -ltn | grep -q ':7 '; do usleep 20000; done");
  const { socket, say } = await conversation(port);
  try {
    expect(await say("before")).toBe("before");
    await engine.kill();
    expect(await say("without an engine")).toBe("without an engine");
    await engine.run();
    expect(await say("with the next")).toBe("with the next");
    expect(docker(engine, "run", "--rm", "--network", "kept", "busybox", "nslookup", "echo")).toContain("Name:\techo");
    docker(engine, "rm", "-f", "echo");
    docker(engine, "network", "rm", "kept");
  } finally {
    socket.destroy();
  }
}, patience);

async function conversation(port: number): Promise<{ socket: Socket; say: (line: string) => Promise<string> }> {
  const socket = createConnection({ host: "127.0.0.1", port });
  await new Promise<void>((resolve, reject) => {
    socket.once("connect", resolve);
    socket.once("error", reject);
  });
  const lines = createInterface({ input: socket })[Symbol.asyncIterator]();
  const say = async (line: string): Promise<string> => {
    socket.write(`${line}\n`);
    const { value } = await lines.next() as { value: string };
    return value;
  };
  return { socket, say };
}

test("a link on the default bridge follows its target to another address, in /etc/hosts, also across a kill", async () => {
  await using engine = await TestEngine.start();
  await engine.addBusybox();
  serve(engine, "db", "--expose", "5432");
  docker(engine, "run", "-d", "--name", "web", "--link", "db:store", "busybox", "sleep", "1000");
  const addressOf = (name: string): string => docker(engine, "inspect", "--format", "{{.NetworkSettings.IPAddress}}", name);
  const before = addressOf("db");
  expect(docker(engine, "exec", "web", "sh", "-c", "echo $STORE_PORT_5432_TCP_ADDR; wget -qO- http://store/")).toBe(`${before}\ndb`);
  await engine.kill();
  await engine.run();
  expect(docker(engine, "exec", "web", "sh", "-c", "echo $STORE_PORT_5432_TCP_ADDR; echo own >> /etc/hosts")).toBe(before);
  docker(engine, "stop", "-t", "0", "db");
  // Its address goes to somebody else meanwhile.
  docker(engine, "run", "-d", "--name", "other", "busybox", "sleep", "1000");
  expect(addressOf("other")).toBe(before);
  docker(engine, "start", "db");
  expect(addressOf("db")).not.toBe(before);
  docker(engine, "exec", "db", "sh", "-c", "until wget -qO /dev/null http://127.0.0.1/; do usleep 20000; done");
  expect(docker(engine, "exec", "web", "wget", "-qO-", "http://store/")).toBe("db");
  expect(docker(engine, "exec", "web", "grep", "-c", "-e", "store", "-e", "own", "/etc/hosts")).toBe("3");
}, patience);

test("a running container's ports are published and taken back by `wharf update`, and kept for its next start", async () => {
  await using engine = await TestEngine.start();
  await engine.addBusybox();
  serve(engine, "web", "-p", "80");
  const [first, more] = [portOf(engine, "web"), await freePort()];
  const pid = docker(engine, "inspect", "--format", "{{.State.Pid}}", "web");
  const update = (...words: readonly string[]) => engine.command("wharf", "update", ...words, "web");
  expect(update("--publish-add", `127.0.0.1:${more}:80`)).toMatchObject({ status: 0, stderr: "" });
  expect(await fetched(`http://127.0.0.1:${more}/`)).toBe("web");
  expect(docker(engine, "port", "web").split("\n").toSorted()).toEqual([`80/tcp -> 0.0.0.0:${first}`, `80/tcp -> 127.0.0.1:${more}`, `80/tcp -> [::]:${first}`]);
  expect(update("--publish-rm", `${first}:80`)).toMatchObject({ status: 0, stderr: "" });
  expect(docker(engine, "inspect", "--format", "{{json .HostConfig.PortBindings}} {{.State.Pid}}", "web")).toBe(`{"80/tcp":[{"HostIp":"127.0.0.1","HostPort":"${more}"}]} ${pid}`);
  expect(await fetched(`http://127.0.0.1:${first}/`).catch(() => "refused")).toBe("refused");
  const why = engine.command("wharf", "port", "--why", "web").stdout;
  expect(why).toMatch(new RegExp(`^80/tcp -> 127\\.0\\.0\\.1:${more}\\n  leads to [\\d.]+:80 by table inet wharf-${engine.bridge}, map ports4, element tcp \\. 127\\.0\\.0\\.1 \\. ${more} : .*\\n  reached from this machine, on 127\\.0\\.0\\.1\\n$`));
  expect(engine.command("wharf", "port", "--why", "web", "81").stderr).toContain("No public port '81' published for web");
  expect(update("--publish-rm", "99").stderr).toContain("port 99/tcp is not published");
  // What cannot be is refused as a whole.
  const taken = update("--publish-add", `127.0.0.1:${more}:81`, "--publish-add", `${first}:80`);
  expect(taken.stderr).toContain(`Bind for 127.0.0.1:${more} failed: port is already allocated`);
  expect(docker(engine, "port", "web")).toBe(`80/tcp -> 127.0.0.1:${more}`);
  expect(update("--publish-add", `${first}:80`, "--memory", "1k").status).toBe(1);
  expect(docker(engine, "port", "web")).toBe(`80/tcp -> 127.0.0.1:${more}`);

  docker(engine, "stop", "-t", "0", "web");
  expect(update("--publish-add", `${first}:80`)).toMatchObject({ status: 0 });
  docker(engine, "start", "web");
  docker(engine, "exec", "web", "sh", "-c", "until wget -qO /dev/null http://127.0.0.1/; do usleep 20000; done");
  expect(await fetched(`http://[::1]:${first}/`)).toBe("web");
  docker(engine, "run", "-d", "--name", "bare", "--network", "host", "busybox", "sleep", "1000");
  expect(engine.command("wharf", "update", "--publish-add", "80", "bare").stderr).toContain("that have a network of their own");
}, patience);

/** A port that nobody has now. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}
