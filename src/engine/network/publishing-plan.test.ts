import { expect, test } from "bun:test";
import { parsePublishedPorts } from "../../base/index.ts";
import type { BoundPort } from "./contract.ts";
import { planPublishing } from "./publishing-plan.ts";

function bound(text: string): BoundPort {
  const [, hostAddress = "", hostPort, containerPort, protocol = "tcp"] = /^(.*):(\d+)>(\d+)\/(\w+)$/.exec(text) ?? [];
  return { hostAddress, hostPort: Number(hostPort), containerPort: Number(containerPort), protocol: protocol === "udp" ? "udp" : "tcp" };
}

const wishes = (...texts: readonly string[]) => texts.flatMap(parsePublishedPorts);

test("planPublishing: what fits stays, in both families; the rest goes and comes", () => {
  const ports = ["0.0.0.0:8080>80/tcp", ":::8080>80/tcp", "0.0.0.0:32768>81/tcp", "127.0.0.1:53>53/udp"].map(bound);
  expect(planPublishing(ports, wishes("8080:80", "81", "127.0.0.1:53:53/udp"))).toEqual({ kept: ports, dropped: [], added: [] });
  expect(planPublishing(ports, wishes("8080:80", "9000:90", "0.0.0.0:53:53/udp"))).toEqual({
    kept: ports.slice(0, 2), dropped: ports.slice(2), added: wishes("9000:90", "0.0.0.0:53:53/udp"),
  });
  expect(planPublishing(ports, [])).toEqual({ kept: [], dropped: ports, added: [] });
});

test("planPublishing: each wish has a port of its own, and a range takes one of its ports", () => {
  const ports = ["0.0.0.0:7001>80/tcp", "0.0.0.0:7002>80/tcp"].map(bound);
  expect(planPublishing(ports, wishes("80", "80", "80"))).toEqual({ kept: ports, dropped: [], added: wishes("80") });
  expect(planPublishing(ports, wishes("7002-7009:80"))).toEqual({ kept: ports.slice(1), dropped: ports.slice(0, 1), added: [] });
  expect(planPublishing(ports, wishes("80/udp"))).toEqual({ kept: [], dropped: ports, added: wishes("80/udp") });
});
