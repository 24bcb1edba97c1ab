import { EngineError } from "../../base/index.ts";

/** Docker Hub as it is written, and as it is reached. */
const hubNames = new Set(["", "docker.io", "index.docker.io", "registry-1.docker.io"]);
const hub = "registry-1.docker.io";

/**
 * Where a registry answers: by TLS, and on this machine also without, since nobody is between.
 * @param text host and port, with or without scheme and path
 * @throws EngineError `invalid-argument`
 */
export function registryEndpoints(text: string): readonly URL[] {
  const [, scheme, host = ""] = /^(?:(https?):\/\/)?([^/]*)/.exec(text) ?? [];
  if (hubNames.has(host)) return [new URL(`https://${hub}/v2/`)];
  if (!URL.canParse(`https://${host}/v2/`)) throw new EngineError("invalid-argument", `unable to resolve the registry ${JSON.stringify(text)}`);
  const secure = new URL(`https://${host}/v2/`);
  const plain = new URL(`http://${host}/v2/`);
  if (!isLoopback(secure.hostname)) return [secure];
  return scheme === "http" ? [plain] : [secure, plain];
}

function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}

/**
 * Whether a registry may have credentials sent there for a token: itself, or Docker Hub's own. A registry that is an
 * impostor, or was told another's address, would else be sent them (CVE-2020-15157).
 */
export function isTrustedRealm(realm: URL, registry: URL): boolean {
  if (registry.hostname === hub) return realm.protocol === "https:" && realm.hostname === "auth.docker.io";
  return realm.hostname === registry.hostname && (realm.protocol === "https:" || registry.protocol === "http:");
}
