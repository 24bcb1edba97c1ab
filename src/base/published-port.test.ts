import { expect, test } from "bun:test";
import { parsePublishedPorts } from "./index.ts";

test("parsePublishedPorts leaves the host's side open where none is given", () => {
  expect(parsePublishedPorts("80")).toEqual([{ containerPort: 80, protocol: "tcp" }]);
  expect(parsePublishedPorts("0:80")).toEqual([{ containerPort: 80, protocol: "tcp" }]);
  expect(parsePublishedPorts("127.0.0.1::53/udp")).toEqual([
    { containerPort: 53, protocol: "udp", hostAddress: "127.0.0.1" },
  ]);
});

test("parsePublishedPorts reads addresses of both families", () => {
  const hostPorts = { first: 8080, last: 8080 };
  expect(parsePublishedPorts("10.0.0.1:8080:80")).toEqual([
    { containerPort: 80, protocol: "tcp", hostAddress: "10.0.0.1", hostPorts },
  ]);
  expect(parsePublishedPorts("[::1]:8080:80/SCTP")).toEqual([
    { containerPort: 80, protocol: "sctp", hostAddress: "::1", hostPorts },
  ]);
});

test("parsePublishedPorts pairs ranges of one length", () => {
  expect(parsePublishedPorts("8000-8001:80-81")).toEqual([
    { containerPort: 80, protocol: "tcp", hostPorts: { first: 8000, last: 8000 } },
    { containerPort: 81, protocol: "tcp", hostPorts: { first: 8001, last: 8001 } },
  ]);
});

test("parsePublishedPorts takes a range of host ports for one port as a choice", () => {
  expect(parsePublishedPorts("8000-8010:80")).toEqual([
    { containerPort: 80, protocol: "tcp", hostPorts: { first: 8000, last: 8010 } },
  ]);
});

test.each([
  "", ":", "0", "65536", "80-79", "80/icmp", "80/", "a:80", "1-3:80-81", "::1:8080:80", "[::1]80", "[::1]:80",
  "[x]:1:80", "999.0.0.1:1:80", "1:2:3:4", "80\n", "-1:80", "1.5",
])("parsePublishedPorts refuses %p", (text) => {
  expect(() => parsePublishedPorts(text)).toThrow(/invalid published port/);
});
