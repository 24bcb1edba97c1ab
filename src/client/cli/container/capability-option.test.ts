import { expect, test } from "bun:test";
import { capabilitiesOf } from "./capability-option.ts";

test("names are completed, sorted and told once; an added one is not dropped", () => {
  expect(capabilitiesOf(["net_admin", "CAP_CHOWN", "NET_ADMIN"], ["chown", "kill"])).toEqual({ CapAdd: ["CAP_CHOWN", "CAP_NET_ADMIN"], CapDrop: ["CAP_KILL"] });
});

test("all is all, and nothing is null", () => {
  expect(capabilitiesOf(["all", "kill"], [])).toEqual({ CapAdd: ["ALL"], CapDrop: null });
});
