import { expect, test } from "bun:test";
import { EngineError, isEngineError, redactSecrets } from "./index.ts";

test("isEngineError tells a kind apart and refuses other errors", () => {
  const error = new EngineError("not-found", "No such container: x");
  expect(isEngineError(error)).toBe(true);
  expect(isEngineError(error, "not-found")).toBe(true);
  expect(isEngineError(error, "conflict")).toBe(false);
  expect(isEngineError(new Error("x"))).toBe(false);
});

test("EngineError keeps its cause and its hint, and no credentials", () => {
  const cause = new Error("refused");
  const error = new EngineError("unavailable", "pull from https://ann:pw@hub.test/v2/", {
    hint: "send Authorization: Bearer abcdef123456",
    cause,
  });
  expect(error.cause).toBe(cause);
  expect(error.message).toBe("pull from https://***@hub.test/v2/");
  expect(error.hint).toBe("send Authorization: Bearer ***");
});

test("redactSecrets leaves ordinary text and addresses alone", () => {
  const text = "GET https://hub.test/v2/a@sha256:00 as mail@hub.test";
  expect(redactSecrets(text)).toBe(text);
});
