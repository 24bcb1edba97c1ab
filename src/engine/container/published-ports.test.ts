import { expect, test } from "bun:test";
import { changedPorts, type PortState } from "./published-ports.ts";

const binding = (HostPort: string, HostIp = "") => ({ HostIp, HostPort });
const state: PortState = {
  PortBindings: { "80/tcp": [binding("8080"), binding("8081", "127.0.0.1")], "53/udp": [binding("")] }, PublishAllPorts: false, exposed: ["80/tcp", "90/tcp"],
  bound: [{ containerPort: 53, protocol: "udp", hostAddress: "0.0.0.0", hostPort: 32_768 }],
};

test("changedPorts: bindings are added beside those that are there", () => {
  expect(changedPorts(state, { add: { "80": [binding("9000")], "443/tcp": null }, remove: null })).toEqual({
    PortBindings: { "80/tcp": [binding("8080"), binding("8081", "127.0.0.1"), binding("9000")], "53/udp": [binding("")], "443/tcp": [binding("")] },
    PublishAllPorts: false,
  });
});

test("changedPorts: what goes is named by its port, its host's port or address, or the number that was chosen for it", () => {
  const without = (remove: Parameters<typeof changedPorts>[1]["remove"]) => changedPorts(state, { add: null, remove }).PortBindings;
  expect(without({ "80/tcp": null })).toEqual({ "53/udp": [binding("")] });
  expect(without({ "80/tcp": [binding("8080")], "53/udp": [binding("32768")] })).toEqual({ "80/tcp": [binding("8081", "127.0.0.1")] });
  expect(without({ "80/tcp": [binding("", "127.0.0.1")] })?.["80/tcp"]).toEqual([binding("8080")]);
  expect(() => without({ "80/tcp": [binding("8082", "::1")] })).toThrow("port [::1]:8082:80/tcp is not published");
  expect(() => without({ "90/tcp": null })).toThrow("port 90/tcp is not published");
  expect(() => without({ "53/udp": [binding("1")] })).toThrow("port 1:53/udp is not published");
});

test("changedPorts: a port moves in one step, and one of all exposed ports is left out by naming the others", () => {
  expect(changedPorts(state, { add: { "81/tcp": [binding("8080")] }, remove: { "80/tcp": [binding("8080")] } }).PortBindings).toMatchObject({ "81/tcp": [binding("8080")] });
  expect(changedPorts({ ...state, PublishAllPorts: true }, { add: null, remove: { "80/tcp": null } })).toEqual({
    PortBindings: { "53/udp": [binding("")], "90/tcp": [binding("")] }, PublishAllPorts: false,
  });
});
