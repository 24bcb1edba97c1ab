import { expect, test } from "bun:test";
import { linkEnvironment } from "./link-environment.ts";

test("linkEnvironment: name, ports, runs of ports, and the container's own variables", () => {
  expect(linkEnvironment({
    alias: "my-db", parent: "web", address: "172.17.0.2", ports: ["5433/tcp", "53/udp", "5432/tcp", "53/tcp", "54/tcp"],
    environment: ["PATH=/bin", "HOME=/root", "A=b=c", "alone"],
  })).toEqual([
    "MY_DB_NAME=/web/my-db",
    "MY_DB_PORT=tcp://172.17.0.2:53",
    "MY_DB_PORT_53_TCP=tcp://172.17.0.2:53", "MY_DB_PORT_53_TCP_ADDR=172.17.0.2", "MY_DB_PORT_53_TCP_PORT=53", "MY_DB_PORT_53_TCP_PROTO=tcp",
    "MY_DB_PORT_53_UDP=udp://172.17.0.2:53", "MY_DB_PORT_53_UDP_ADDR=172.17.0.2", "MY_DB_PORT_53_UDP_PORT=53", "MY_DB_PORT_53_UDP_PROTO=udp",
    "MY_DB_PORT_54_TCP=tcp://172.17.0.2:54", "MY_DB_PORT_54_TCP_ADDR=172.17.0.2", "MY_DB_PORT_54_TCP_PORT=54", "MY_DB_PORT_54_TCP_PROTO=tcp",
    "MY_DB_PORT_5432_TCP=tcp://172.17.0.2:5432", "MY_DB_PORT_5432_TCP_ADDR=172.17.0.2", "MY_DB_PORT_5432_TCP_PORT=5432", "MY_DB_PORT_5432_TCP_PROTO=tcp",
    "MY_DB_PORT_5433_TCP=tcp://172.17.0.2:5433", "MY_DB_PORT_5433_TCP_ADDR=172.17.0.2", "MY_DB_PORT_5433_TCP_PORT=5433", "MY_DB_PORT_5433_TCP_PROTO=tcp",
    "MY_DB_PORT_53_TCP_START=tcp://172.17.0.2:53", "MY_DB_PORT_53_TCP_PORT_START=53", "MY_DB_PORT_53_TCP_PORT_END=54",
    "MY_DB_ENV_A=b=c",
  ]);
  expect(linkEnvironment({ alias: "x", parent: "p", address: "1.2.3.4", ports: [], environment: [] })).toEqual(["X_NAME=/p/x"]);
});
