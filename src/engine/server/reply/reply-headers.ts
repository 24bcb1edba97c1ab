import { formatApiVersion, newestApiVersion } from "../../../api/operations/index.ts";

/** On every reply, as docker's clients look for them. */
export const commonHeaders: Readonly<Record<string, string>> = {
  "Api-Version": formatApiVersion(newestApiVersion),
  "Docker-Experimental": "false",
  Ostype: "linux",
  Server: "wharf (linux)",
};
