import { expect, test } from "bun:test";
import { parseJson } from "../decode/index.ts";
import { containerCreateBody, execCreateBody, hostConfig, volumeCreateBody } from "./index.ts";

const create = (text: string) => containerCreateBody(parseJson(text), "");

test("a container's body: what is absent or null has docker's zero values", () => {
  const body = create('{"Image":"busybox","Cmd":null,"HostConfig":null}');
  expect(body).toMatchObject({ Image: "busybox", Cmd: null, Entrypoint: null, Env: null, Tty: false, Hostname: "" });
  expect(body.HostConfig).toMatchObject({ Binds: null, Memory: 0, PidsLimit: null, RestartPolicy: { Name: "", MaximumRetryCount: 0 }, LogConfig: { Type: "", Config: null } });
  expect(body.NetworkingConfig.EndpointsConfig).toBeNull();
  expect("Healthcheck" in body).toBe(false);
  expect("Init" in body.HostConfig).toBe(false);
});

test("a container's body: what is given is kept", () => {
  const body = create(JSON.stringify({
    Image: "a", Cmd: ["x"], Entrypoint: [], Env: ["A=b"], ExposedPorts: { "80/tcp": {} }, StopTimeout: 0, Healthcheck: { Test: ["NONE"] },
    HostConfig: {
      Memory: 1e9, Init: false, PidsLimit: -1, ConsoleSize: [24], OomKillDisable: false, PortBindings: { "80/tcp": [{ HostPort: "8080" }], "81/tcp": null },
      Mounts: [{ Type: "bind", Source: "/a", Target: "/b", BindOptions: { Propagation: "rslave" } }], Ulimits: [{ Name: "nofile", Soft: 1, Hard: -1 }],
      Tmpfs: { "/t": "size=1m" }, CapAdd: "ALL",
    },
    NetworkingConfig: { EndpointsConfig: { front: { Aliases: ["a"], IPAMConfig: { IPv4Address: "10.0.0.2" } } } },
  }));
  expect(body.Entrypoint).toEqual([]);
  expect(body.StopTimeout).toBe(0);
  expect(body.HostConfig).toMatchObject({
    Init: false, ConsoleSize: [24, 0], CapAdd: ["ALL"], PidsLimit: -1, OomKillDisable: false,
    PortBindings: { "80/tcp": [{ HostIp: "", HostPort: "8080" }], "81/tcp": null },
    Mounts: [{ Type: "bind", Source: "/a", Target: "/b", BindOptions: { Propagation: "rslave" } }],
  });
  expect(body.NetworkingConfig.EndpointsConfig?.["front"]).toMatchObject({ Aliases: ["a"], GwPriority: 0, IPAMConfig: { IPv4Address: "10.0.0.2" } });
});

test("a command may be one string", () => {
  expect(create('{"Cmd":"ls","Entrypoint":""}')).toMatchObject({ Cmd: ["ls"], Entrypoint: [""] });
});

test("field names match in any case, and unknown ones are passed over", () => {
  expect(create('{"image":"a","hostconfig":{"memory":5,"Unknown":[1]},"Another":{}}')).toMatchObject({ Image: "a", HostConfig: { Memory: 5 } });
});

test("names that are data stay data", () => {
  const { Labels } = create('{"Labels":{"__proto__":"x","constructor":"y"}}');
  expect(Object.entries(Labels ?? {})).toEqual([["__proto__", "x"], ["constructor", "y"]]);
  expect("toString" in (Labels ?? {})).toBe(false);
});

test.each([
  ['{"HostConfig":{"Memory":"1g"}}', "invalid JSON: HostConfig.Memory: want a whole number, got a string"],
  ['{"HostConfig":{"Memory":1.5}}', "invalid JSON: HostConfig.Memory: want a whole number, got the number 1.5"],
  ['{"HostConfig":{"Memory":1e40}}', "invalid JSON: HostConfig.Memory: 1e+40 is out of range"],
  ['{"HostConfig":{"BlkioWeight":-1}}', "invalid JSON: HostConfig.BlkioWeight: -1 is out of range"],
  ['{"Env":["a",1]}', "invalid JSON: Env[1]: want a string, got the number 1"],
  ['{"Labels":{"a":true}}', 'invalid JSON: Labels["a"]: want a string, got a boolean'],
  ['{"Tty":"yes"}', "invalid JSON: Tty: want true or false, got a string"],
  ['{"HostConfig":[]}', "invalid JSON: HostConfig: want an object, got an array"],
  ['{"HostConfig":{"Mounts":[{"Type":"nfs"}]}}', 'invalid mount config for type "nfs": mount type unknown'],
  ["[]", "invalid JSON: the body: want an object, got an array"],
  ['"x"', "invalid JSON: the body: want an object, got a string"],
  ['{"Image":"a","image":"b"}', "invalid JSON: the body: Image is given twice"],
  ['{"ExposedPorts":{"80/tcp":1}}', 'invalid JSON: ExposedPorts["80/tcp"]: want an object, got the number 1'],
])("a body that is wrong is refused by its path: %s", (text, message) => {
  expect(() => create(text)).toThrow(message);
});

test("the other bodies", () => {
  expect(execCreateBody(parseJson('{"Cmd":["a"],"ConsoleSize":[1,2,3]}'), "")).toMatchObject({ Cmd: ["a"], ConsoleSize: [1, 2], Tty: false, DetachKeys: "" });
  expect(volumeCreateBody(parseJson("{}"), "")).toEqual({ Name: "", Driver: "", DriverOpts: null, Labels: null });
  expect(hostConfig(undefined, "").LogConfig.Type).toBe("");
});
