import { expect, test } from "bun:test";
import { withOmittedFields } from "./omitted-fields.ts";

test("a container's template finds what the engine left out, and keeps what it gave", () => {
  const whole = withOmittedFields({ State: { Status: "created" }, HostConfig: { Init: true }, Mounts: [{ Type: "bind" }] });
  expect(whole).toMatchObject({ State: { Health: null, Status: "created" }, HostConfig: { Init: true, Runtime: "" }, Mounts: [{ Type: "bind", Name: "" }] });
});

test("other things stay as they are", () => {
  for (const item of [{ Id: "x" }, [], null, "text"]) expect(withOmittedFields(item)).toBe(item);
});
