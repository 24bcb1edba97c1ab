import { expect, test } from "bun:test";
import { parseIpAddress } from "../../base/index.ts";
import { encodeFields } from "./element.ts";

test("every field of a key fills whole registers", () => {
  expect(encodeFields([{ protocol: 6 }, { address: parseIpAddress("127.0.0.1") }, { port: 8080 }]).toString("hex"))
    .toBe("06000000" + "7f000001" + "1f900000");
  expect(encodeFields([{ address: parseIpAddress("fd00::2") }, { port: 80 }]).toString("hex"))
    .toBe("fd000000000000000000000000000002" + "00500000");
  expect(encodeFields([{ name: "wharf0" }]).toString("hex")).toBe("77686172663000000000000000000000");
});
