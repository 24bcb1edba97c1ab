import { execCreateBody, execStartBody } from "../bodies/index.ts";
import type { ExecCreateReply, ExecInspect } from "../types/index.ts";
import { empty, hijack, json, jsonBody, jsonThenHijack, operation } from "./operation.ts";
import { integer, required } from "./parameter.ts";

const group = "Exec";

export const execOperations = {
  execCreate: operation({
    group, method: "POST", path: "/containers/{id}/exec", status: "implemented",
    body: jsonBody(execCreateBody),
    reply: json<ExecCreateReply>(),
    success: [201],
  }),
  execInspect: operation({ group, method: "GET", path: "/exec/{id}/json", status: "implemented", reply: json<ExecInspect>() }),
  execResize: operation({
    group, method: "POST", path: "/exec/{id}/resize", status: "implemented",
    query: { h: required(integer(0, 65_535)), w: required(integer(0, 65_535)) },
    reply: empty,
    success: [200],
  }),
  /** With `Detach` the reply is empty instead. */
  execStart: operation({
    group, method: "POST", path: "/exec/{id}/start", status: "implemented",
    body: jsonThenHijack(execStartBody),
    reply: hijack,
    success: [101, 200],
  }),
} as const;
