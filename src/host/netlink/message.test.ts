import { expect, test } from "bun:test";
import { parseIpAddress, parseIpPrefix } from "../../base/index.ts";
import { addAddress, decodeAddress } from "./address.ts";
import { text } from "./attribute.ts";
import { changeLink, createBridge, createVethPair, decodeLink } from "./link.ts";
import { controlTypes, decodeMessages, decodeOutcome, encodeRequest } from "./message.ts";
import type { NetlinkMessage, NetlinkRequest } from "./message.ts";
import { addRoute, decodeRoute } from "./route.ts";

/** What the kernel would see of a request; its replies have the same form. */
function asSeen(request: NetlinkRequest): NetlinkMessage {
  const [message] = decodeMessages(encodeRequest(request, { sequence: 7, acknowledged: true }));
  if (message === undefined) throw new Error("no message");
  return message;
}

test("a request has length, type, flags and number before its header", () => {
  const encoded = encodeRequest(
    { purpose: "try", type: 16, flags: 0x600, header: Uint8Array.of(1, 2), attributes: [text(3, "a")] },
    { sequence: 5, acknowledged: true },
  );
  expect(encoded.toString("hex")).toBe("1c00000010000506" + "0500000000000000" + "01020000" + "0600030061000000");
});

test("messages are cut at their lengths; rubbish ends the reading", () => {
  const one = encodeRequest({ purpose: "", type: 20, header: Uint8Array.of(1), attributes: [] }, { sequence: 1, acknowledged: false });
  const two = encodeRequest({ purpose: "", type: 24, header: Uint8Array.of(2), attributes: [] }, { sequence: 2, acknowledged: true });
  expect(decodeMessages(Buffer.concat([one, two])).map(({ type, sequence }) => [type, sequence])).toEqual([[20, 1], [24, 2]]);
  expect(decodeMessages(Buffer.concat([one, two.subarray(0, 12)]))).toHaveLength(1);
  expect(decodeMessages(Buffer.alloc(64))).toEqual([]);
});

test("an outcome is an acknowledgement or a number with the kernel's own words", () => {
  const message = (payload: Buffer, flags: number) => ({ type: controlTypes.error, flags, sequence: 1, payload });
  expect(decodeOutcome(message(Buffer.alloc(20), 0))).toEqual({ errno: 0 });
  const refused = Buffer.alloc(20);
  refused.writeInt32LE(-17);
  expect(decodeOutcome(message(refused, 0))).toEqual({ errno: 17 });
  const words = Buffer.concat([refused, Buffer.from("0d0001006e6f20776179210000000000", "hex")]);
  expect(decodeOutcome(message(words, 0x200))).toEqual({ errno: 17, text: "no way!" });
});

test("links", () => {
  const bridge = decodeLink(asSeen(createBridge({ name: "wharf0", macAddress: "02:42:ac:11:00:01", mtu: 1400 })));
  expect(bridge).toEqual({ index: 0, name: "wharf0", isUp: false, mtu: 1400, kind: "bridge", macAddress: "02:42:ac:11:00:01" });
  const pair = decodeLink(asSeen(createVethPair({ name: "veth1", master: 4, peer: { name: "eth0", netnsDescriptor: 9 } })));
  expect(pair).toEqual({ index: 0, name: "veth1", isUp: false, mtu: 0, kind: "veth", master: 4 });
  const raised = decodeLink(asSeen(changeLink({ index: 3 }, { isUp: true, rename: "eth1", master: 0 })));
  expect(raised).toEqual({ index: 3, name: "eth1", isUp: true, mtu: 0, kind: "", master: 0 });
});

test("addresses and routes of both families", () => {
  for (const text of ["172.17.0.2", "fd00::2"]) {
    const given = { linkIndex: 2, address: parseIpAddress(text), prefixLength: 16 };
    expect(decodeAddress(asSeen(addAddress(given)))).toEqual(given);
    const family = given.address.family;
    const route = { destination: parseIpPrefix(family === 4 ? "10.0.0.0/8" : "fd01::/16").network, gateway: given.address, linkIndex: 2 };
    expect(decodeRoute(asSeen(addRoute(route)))).toEqual({ ...route, table: 254, isLocal: false });
    const everywhere = { destination: parseIpPrefix(family === 4 ? "0.0.0.0/0" : "::/0").network, gateway: given.address };
    expect(decodeRoute(asSeen(addRoute(everywhere)))).toEqual({ ...everywhere, table: 254, isLocal: false });
  }
});
