import { afterEach, expect, test } from "bun:test";
import { parseChallenge } from "./challenge.ts";
import { logIn } from "./index.ts";
import { isTrustedRealm, registryEndpoints } from "./registry-address.ts";

let servers: Bun.Server<undefined>[] = [];
afterEach(async () => {
  await Promise.all(servers.map(async (server) => server.stop(true)));
  servers = [];
});

/** A registry on this machine. @returns its host and port */
function serve(answer: (request: Request, self: string) => Response): string {
  const server: Bun.Server<undefined> = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: (request) => answer(request, `127.0.0.1:${server.port ?? 0}`) });
  servers.push(server);
  return `127.0.0.1:${server.port ?? 0}`;
}

async function login(serveraddress: string, password = "right"): Promise<string> {
  const auth = { username: "ann", password, identitytoken: "", serveraddress };
  return await logIn(auth, new AbortController().signal).then((reply) => JSON.stringify(reply), (error: unknown) => (error instanceof Error ? error.message : String(error)));
}

const right = `Basic ${Buffer.from("ann:right").toString("base64")}`;
const refuse = (challenge: string): Response => new Response("", { status: 401, headers: { "WWW-Authenticate": challenge } });

test("logIn: a registry that wants a password", async () => {
  const host = serve((request) => (request.headers.get("authorization") === right ? new Response("{}") : refuse('Basic realm="x"')));
  expect(await login(host)).toBe('{"Status":"Login Succeeded","IdentityToken":""}');
  expect(await login(host, "wrong")).toBe(`login attempt to http://${host}/v2/ failed with status: 401 Unauthorized`);
});

test("logIn: a registry that wants a token", async () => {
  const host = serve((request, self) => {
    const url = new URL(request.url);
    if (url.pathname === "/token") {
      if (request.headers.get("authorization") !== right) return new Response("{}", { status: 401 });
      return Response.json({ token: `${url.searchParams.get("service") ?? ""}/${url.searchParams.get("account") ?? ""}`, refresh_token: "later" });
    }
    return request.headers.get("authorization") === "Bearer reg/ann" ? new Response("{}") : refuse(`Bearer realm="http://${self}/token",service="reg"`);
  });
  expect(await login(`http://${host}/v1/`)).toBe('{"Status":"Login Succeeded","IdentityToken":"later"}');
  expect(await login(host, "wrong")).toBe(`Get "http://${host}/v2/": unauthorized: incorrect username or password`);
});

test("CVE-2020-15157: credentials go to the registry alone, not where it points", async () => {
  const seen: string[] = [];
  const thief = serve((request) => {
    seen.push(`${new URL(request.url).pathname} ${request.headers.get("authorization") ?? "nothing"}`);
    return Response.json({ token: "x" });
  });
  const elsewhere = thief.replace("127.0.0.1", "localhost");
  const asks = serve(() => refuse(`Bearer realm="http://${elsewhere}/token"`));
  expect(await login(asks)).toContain("which is not its own");
  const redirects = serve(() => new Response("", { status: 307, headers: { Location: `http://${elsewhere}/v2/` } }));
  expect(await login(redirects)).toContain("failed with status: 307");
  expect(seen).toEqual([]);
});

test("logIn: one that does not answer, in docker's words", async () => {
  expect(await login("127.0.0.1:1")).toBe('Get "http://127.0.0.1:1/v2/": dial tcp 127.0.0.1:1: connect: connection refused');
  expect(await login("registry.invalid:5000")).toBe('Get "https://registry.invalid:5000/v2/": dial tcp: lookup registry.invalid: no such host');
  expect(await login("no host")).toContain("unable to resolve the registry");
});

test("registryEndpoints: Docker Hub by each of its names, TLS everywhere but on this machine", () => {
  const urls = (text: string): string[] => registryEndpoints(text).map(String);
  for (const name of ["", "docker.io", "https://index.docker.io/v1/"]) expect(urls(name)).toEqual(["https://registry-1.docker.io/v2/"]);
  expect(urls("reg.example:5000")).toEqual(["https://reg.example:5000/v2/"]);
  expect(urls("http://reg.example")).toEqual(["https://reg.example/v2/"]);
  expect(urls("localhost:5000")).toEqual(["https://localhost:5000/v2/", "http://localhost:5000/v2/"]);
});

test("isTrustedRealm: the registry's own host, and that of Docker Hub", () => {
  const trusted = (realm: string, registry: string): boolean => isTrustedRealm(new URL(realm), new URL(registry));
  expect(trusted("https://auth.docker.io/token", "https://registry-1.docker.io/v2/")).toBe(true);
  expect(trusted("http://auth.docker.io/token", "https://registry-1.docker.io/v2/")).toBe(false);
  expect(trusted("https://reg.example/token", "https://reg.example:5000/v2/")).toBe(true);
  expect(trusted("http://reg.example/token", "https://reg.example/v2/")).toBe(false);
  expect(trusted("https://reg.example.evil/token", "https://reg.example/v2/")).toBe(false);
});

test("parseChallenge: quoted and plain parameters", () => {
  expect(parseChallenge('Bearer realm="https://a/b",service=c, scope="x:\\"y\\""')).toEqual({ scheme: "bearer", parameters: { realm: "https://a/b", service: "c", scope: 'x:"y"' } });
  expect(parseChallenge("Basic")).toEqual({ scheme: "basic", parameters: {} });
  expect(parseChallenge("")).toBeUndefined();
});
