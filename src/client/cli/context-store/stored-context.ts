import { EngineError } from "../../../base/index.ts";
import { isObject } from "../config-file/index.ts";

/** A context as docker's client keeps it in meta.json, whatever else other programs have put there included. */
export interface StoredContext {
  readonly Name: string;
  readonly Metadata: Readonly<Record<string, unknown>>;
  readonly Endpoints: Readonly<Record<string, Endpoint>>;
}

/** Where a context's engine is; the endpoint of that is called "docker". */
export interface Endpoint extends Readonly<Record<string, unknown>> {
  readonly Host?: string;
  readonly SkipTLSVerify?: boolean;
}

/** PEM files by endpoint and name: ca.pem, cert.pem, key.pem. */
export type TlsMaterial = ReadonlyMap<string, ReadonlyMap<string, Uint8Array>>;

/** @throws EngineError for a document that is no context. */
export function parseStoredContext(document: Readonly<Record<string, unknown>>, name: string): StoredContext {
  const endpoints = document["Endpoints"] ?? {};
  const metadata = document["Metadata"] ?? {};
  if (!isObject(endpoints) || !isObject(metadata) || !Object.values(endpoints).every(isEndpoint)) {
    throw new EngineError("invalid-argument", `context ${JSON.stringify(name)}: its metadata is not what docker writes`);
  }
  return { Name: name, Metadata: metadata, Endpoints: endpoints as Readonly<Record<string, Endpoint>> };
}

export function descriptionOf({ Metadata }: StoredContext): string {
  const description = Metadata["Description"];
  return typeof description === "string" ? description : "";
}

/** The endpoint that containers are asked for; without a host where the context has none. */
export function engineEndpoint({ Endpoints }: StoredContext): Endpoint {
  return Endpoints["docker"] ?? {};
}

function isEndpoint(value: unknown): value is Endpoint {
  return isObject(value) && ["string", "undefined"].includes(typeof value["Host"]) && ["boolean", "undefined"].includes(typeof value["SkipTLSVerify"]);
}
