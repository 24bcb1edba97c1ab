import { expect, test } from "bun:test";
import { publishedPorts } from "./port-wishes.ts";

test("bindings with and without address and port, in both families", () => {
  expect(publishedPorts({
    bindings: {
      "80/tcp": [{ HostIp: "", HostPort: "8080" }, { HostIp: "127.0.0.1", HostPort: "" }, { HostIp: "::1", HostPort: "8081" }],
      "53/udp": [{ HostIp: "", HostPort: "" }],
      "81/tcp": [{ HostIp: "", HostPort: "9000-9002" }],
      "90": null,
    },
    publishAll: false,
    exposed: ["443/tcp"],
  })).toEqual([
    { containerPort: 90, protocol: "tcp" },
    { containerPort: 80, protocol: "tcp", hostPorts: { first: 8080, last: 8080 } },
    { containerPort: 80, protocol: "tcp", hostAddress: "127.0.0.1" },
    { containerPort: 80, protocol: "tcp", hostAddress: "::1", hostPorts: { first: 8081, last: 8081 } },
    { containerPort: 53, protocol: "udp" },
    { containerPort: 81, protocol: "tcp", hostPorts: { first: 9000, last: 9002 } },
  ]);
});

test("-P publishes what is exposed and not bound", () => {
  expect(publishedPorts({ bindings: { "80/tcp": [{ HostIp: "", HostPort: "80" }] }, publishAll: true, exposed: ["80/tcp", "53/udp"] })).toEqual([
    { containerPort: 80, protocol: "tcp", hostPorts: { first: 80, last: 80 } },
    { containerPort: 53, protocol: "udp" },
  ]);
});

test("what is no port is refused", () => {
  expect(() => publishedPorts({ bindings: { "80-90/tcp": null }, publishAll: false, exposed: [] })).toThrow("invalid port specification");
  expect(() => publishedPorts({ bindings: { "0/tcp": null }, publishAll: false, exposed: [] })).toThrow();
});
