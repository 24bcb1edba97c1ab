import { parseDigest, type Digest } from "./digest.ts";
import { EngineError } from "./engine-error.ts";

/** A named image, complete: defaults of the domain and of the `library/` folder are filled in, that of the tag is not. */
export interface ImageReference {
  /** Registry host with an optional port, such as `docker.io` or `localhost:5000`. */
  readonly domain: string;
  /** Repository in that registry, such as `library/busybox`. */
  readonly path: string;
  readonly tag?: string;
  readonly digest?: Digest;
}

const defaultDomain = "docker.io";
const component = "[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*";
const pathPattern = new RegExp(`^${component}(?:/${component})*$`);
const label = "(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])";
const domainPattern = new RegExp(`^(?:${label}(?:\\.${label})*|\\[[a-fA-F0-9:]+\\])(?::[0-9]+)?$`);
const tagPattern = /^\w[\w.-]{0,127}$/;
const longestName = 255;

/**
 * Parses what people write for an image: `busybox`, `ann/app:1.2`, `localhost:5000/app@sha256:…`
 * (OCI distribution-spec, "Pulling manifests", and docker's defaults for short names).
 * @throws EngineError `invalid-argument`.
 */
export function parseImageReference(text: string): ImageReference {
  const at = text.indexOf("@");
  const named = at < 0 ? text : text.slice(0, at);
  const digest = at < 0 ? undefined : parseDigest(text.slice(at + 1));
  const colon = named.lastIndexOf(":");
  const tagged = colon > named.lastIndexOf("/");
  const name = tagged ? named.slice(0, colon) : named;
  const tag = tagged ? named.slice(colon + 1) : undefined;
  if (/^[0-9a-f]{64}$/.test(name)) throw invalid(text, "a name of 64 hexadecimal digits is kept for ids");

  const { domain, path } = splitName(name);
  if (path !== path.toLowerCase()) throw invalid(text, "repository name must be lowercase");
  if (!domainPattern.test(domain) || !pathPattern.test(path)) throw invalid(text);
  if (domain.length + 1 + path.length > longestName) throw invalid(text, "repository name must not be longer than 255 characters");
  if (tag !== undefined && !tagPattern.test(tag)) throw invalid(text);
  return { domain, path, ...(tag === undefined ? {} : { tag }), ...(digest === undefined ? {} : { digest }) };
}

/**
 * The short form that docker shows: without the default domain and folder, with the tag or digest that is there. Where
 * the short form would be read as a name of another host, the long one stays.
 */
export function familiarReference(reference: ImageReference): string {
  const { domain, path } = reference;
  let name = `${domain}/${path}`;
  if (domain === defaultDomain && !(path.includes("/") && isHost(path.slice(0, path.indexOf("/"))))) {
    const official = /^library\/([^/]+)$/.exec(path);
    name = official?.[1] ?? path;
  }
  const tag = reference.tag === undefined ? "" : `:${reference.tag}`;
  return `${name}${tag}${reference.digest === undefined ? "" : `@${reference.digest}`}`;
}

function splitName(name: string): { domain: string; path: string } {
  const slash = name.indexOf("/");
  const first = slash < 0 ? "" : name.slice(0, slash);
  const host = first === "index.docker.io" ? defaultDomain : first;
  const domain = isHost(first) ? host : defaultDomain;
  const rest = isHost(first) ? name.slice(slash + 1) : name;
  return { domain, path: domain === defaultDomain && !rest.includes("/") ? `library/${rest}` : rest };
}

/** Whether the first part of a name is a registry and no folder. */
function isHost(part: string): boolean {
  return part === "localhost" || /[.:]/.test(part) || part !== part.toLowerCase();
}

function invalid(text: string, reason = "invalid reference format"): EngineError {
  return new EngineError("invalid-argument", `invalid reference ${JSON.stringify(text.slice(0, 300))}: ${reason}`);
}
