import type { AuthConfig, AuthReply } from "../../api/types/index.ts";
import { EngineError } from "../../base/index.ts";
import { parseChallenge, type Challenge } from "./challenge.ts";
import { isTrustedRealm, registryEndpoints } from "./registry-address.ts";

const longestWait = 30_000;

/**
 * Asks a registry whether it knows somebody.
 * @throws EngineError `unauthorized` where it does not, `unavailable` where it does not answer, both in docker's words
 */
export async function logIn(auth: AuthConfig, signal: AbortSignal): Promise<AuthReply> {
  const endpoints = registryEndpoints(auth.serveraddress);
  for (const [i, endpoint] of endpoints.entries()) {
    try {
      return await logInAt(endpoint, auth, signal);
    } catch (error) {
      if (i === endpoints.length - 1 || !(error instanceof EngineError) || error.kind !== "unavailable") throw error;
    }
  }
  throw new EngineError("internal", `the registry ${auth.serveraddress} has no address`);
}

async function logInAt(endpoint: URL, auth: AuthConfig, signal: AbortSignal): Promise<AuthReply> {
  const first = await ask(endpoint, {}, signal);
  if (first.status !== 401) return succeed(first, endpoint, "");
  const challenge = parseChallenge(first.headers.get("www-authenticate") ?? "");
  if (challenge?.scheme === "bearer") {
    const { token, identity } = await fetchToken(endpoint, challenge, { auth, signal });
    return succeed(await ask(endpoint, { Authorization: `Bearer ${token}` }, signal), endpoint, identity);
  }
  return succeed(await ask(endpoint, { Authorization: basic(auth) }, signal), endpoint, "");
}

function succeed({ status, statusText }: Response, endpoint: URL, identity: string): AuthReply {
  if (status === 200) return { Status: "Login Succeeded", IdentityToken: identity };
  const kind = status === 401 || status === 403 ? "unauthorized" : "unavailable";
  throw new EngineError(kind, `login attempt to ${endpoint.href} failed with status: ${status} ${statusText}`);
}

function basic({ username, password }: AuthConfig): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;
}

interface Login {
  readonly auth: AuthConfig;
  readonly signal: AbortSignal;
}

async function fetchToken(endpoint: URL, { parameters }: Challenge, { auth, signal }: Login): Promise<{ token: string; identity: string }> {
  const realm = parameters.realm ?? "";
  if (!URL.canParse(realm) || !isTrustedRealm(new URL(realm), endpoint)) {
    throw new EngineError("unauthorized", `the registry ${endpoint.host} asks for credentials to be sent to ${JSON.stringify(realm)}, which is not its own`);
  }
  const url = new URL(realm);
  if (parameters.service !== undefined) url.searchParams.set("service", parameters.service);
  url.searchParams.set("account", auth.username);
  url.searchParams.set("client_id", "docker");
  url.searchParams.set("offline_token", "true");
  const response = await ask(url, { Authorization: basic(auth) }, signal);
  if (response.status !== 200) throw new EngineError("unauthorized", `Get ${JSON.stringify(endpoint.href)}: unauthorized: incorrect username or password`);
  const answer: unknown = await response.json();
  const text = (name: string): string => {
    const value: unknown = typeof answer === "object" && answer !== null ? Reflect.get(answer, name) : undefined;
    return typeof value === "string" ? value : "";
  };
  return { token: text("token") === "" ? text("access_token") : text("token"), identity: text("refresh_token") };
}

async function ask(url: URL, headers: Readonly<Record<string, string>>, signal: AbortSignal): Promise<Response> {
  try {
    // Whoever is redirected to gets nothing of what was meant for the registry.
    return await fetch(url, { headers, redirect: "manual", signal: AbortSignal.any([signal, AbortSignal.timeout(longestWait)]) });
  } catch (cause) {
    if (signal.aborted) throw new EngineError("cancelled", "the client is gone", { cause });
    throw new EngineError("unavailable", `Get ${JSON.stringify(url.href)}: ${reasonOf(cause, url)}`, { cause });
  }
}

/** docker's words for what scripts look for. */
function reasonOf(cause: unknown, { hostname, host, port, protocol }: URL): string {
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
  const address = port === "" ? `${hostname}:${protocol === "https:" ? 443 : 80}` : host;
  if (code === "ConnectionRefused" || code === "ECONNREFUSED") return `dial tcp ${address}: connect: connection refused`;
  if (/ENOTFOUND|EAI_|DNS/.test(code)) return `dial tcp: lookup ${hostname}: no such host`;
  return cause instanceof Error ? cause.message : String(cause);
}
