import { expect, test } from "bun:test";
import type { NetworkCreateBody } from "../../src/api/types/index.ts";
import { parsePublishedPorts } from "../../src/base/index.ts";
import { Poller } from "../../src/host/poll/index.ts";
import type { Sandbox } from "../../src/engine/network/index.ts";
import { NetworkWorld, enterPrivateNetwork, output, request } from "./network-world.ts";

enterPrivateNetwork();
const patience = 120_000;

const networkBody: Omit<NetworkCreateBody, "Name"> = {
  Driver: "bridge", Scope: "", Internal: false, Attachable: false, Ingress: false, ConfigOnly: false, Options: null, Labels: null,
};

async function inside({ netnsPath = "" }: Sandbox, script: string): Promise<string> {
  return (await output("nsenter", `--net=${netnsPath}`, "sh", "-c", `${script} 2>&1`)).trim();
}

/** What a neighbour has learned of an address: its MAC, or nothing. */
async function learned(sandbox: Sandbox, address: string): Promise<string> {
  return /lladdr (\S+)/.exec(await inside(sandbox, `ip neigh show ${address}`))?.[1] ?? "";
}

/** A bridge passes nothing to a new port until the kernel has noticed its carrier, so the first request may be lost. */
async function expectReplies(from: Sandbox, address: string): Promise<void> {
  expect(await inside(from, `for attempt in 1 2 3 4 5; do busybox ping -c1 -W1 -q ${address} > /dev/null && echo replied && break; done`)).toBe("replied");
}

test("a container speaks under nobody else's address, in IP, ARP, neighbour discovery and Ethernet", async () => {
  await using world = new NetworkWorld();
  const { service } = await world.start();
  const [victim, attacker, witness] = await Promise.all(["a", "b", "c"].map((digit) => service.prepare(request(digit)))) as [Sandbox, Sandbox, Sandbox];
  const address = ({ endpoints: [endpoint] }: Sandbox) => ({ v4: endpoint?.ipv4?.address ?? "", v6: endpoint?.ipv6?.address ?? "", mac: endpoint?.macAddress ?? "" });
  const [gateway4, gateway6] = [victim.endpoints[0]?.ipv4?.gateway ?? "", victim.endpoints[0]?.ipv6?.gateway ?? ""];
  for (const to of [address(victim).v4, address(victim).v6, gateway4, gateway6]) {
    await expectReplies(witness, to);
    await expectReplies(attacker, to);
  }
  // With every right in its own namespace it takes the victim's and the gateway's addresses, and tells everybody.
  await inside(attacker, `sysctl -qw net.ipv4.conf.eth0.arp_notify=1
    ip addr add ${address(victim).v4}/16 dev eth0; ip addr add ${gateway4}/16 dev eth0
    ip -6 addr add ${address(victim).v6}/64 dev eth0 nodad; ip -6 addr add ${gateway6}/64 dev eth0 nodad`);
  const heard = async (): Promise<string> => await inside(witness, "grep -h Icmp: /proc/net/snmp; grep -h Icmp6InEchos /proc/net/snmp6");
  await inside(attacker, [address(witness).v4, address(witness).v6].map((to) => `ip neigh replace ${to} lladdr ${address(witness).mac} dev eth0 nud permanent`).join("; "));
  const before = await heard();
  for (const [mine, theirs] of [[address(victim).v4, address(witness).v4], [address(victim).v6, address(witness).v6], [gateway4, address(witness).v4]] as const) {
    expect(await inside(attacker, `busybox ping -c1 -W1 -q -I ${mine} ${theirs} | grep -c ' 0 packets received'`)).toBe("1");
  }
  expect(await heard()).toBe(before);
  // It answers those who ask for the victim as well, and is not heard.
  await inside(witness, "ip neigh flush all");
  for (const to of [address(victim).v4, address(victim).v6, gateway4, gateway6]) await expectReplies(witness, to);
  for (const to of [address(victim).v4, address(victim).v6]) expect(await learned(witness, to)).toBe(address(victim).mac);
  // While the victim is away nobody answers for it, under an address of his own either.
  await inside(attacker, `nft 'table ip6 t { chain o { type filter hook output priority 0; icmpv6 type nd-neighbor-advert ip6 saddr set ${address(attacker).v6}; }; }'`);
  await inside(victim, "ip link set eth0 down");
  await inside(witness, `ip neigh flush all; busybox ping -c1 -W1 ${address(victim).v4}; busybox ping -c1 -W1 ${address(victim).v6}`);
  expect([await learned(witness, address(victim).v4), await learned(witness, address(victim).v6)]).toEqual(["", ""]);
  await inside(victim, `ip link set eth0 up; ip -6 addr replace ${address(victim).v6}/64 dev eth0 nodad`);
  // Nor does it get the frames that are meant for the victim, by taking its MAC.
  await inside(attacker, `ip link set eth0 down; ip link set eth0 address ${address(victim).mac}; ip link set eth0 up; busybox ping -c1 -W1 ${address(witness).v4}`);
  await expectReplies(witness, address(victim).v4);
  await expectReplies(witness, address(victim).v6);
  // An address that is nobody's is its own affair.
  await inside(witness, "ip addr add 172.17.9.9/16 dev eth0");
  await expectReplies(victim, "172.17.9.9");

  // Whoever gets the address next has it; what was known of the first is forgotten.
  await service.release(victim.containerId);
  const heir = await service.prepare(request("d"));
  expect(address(heir).v4).toBe(address(victim).v4);
  await expectReplies(witness, address(heir).v4);
  // The bridge itself knows where its frames go, before it has spoken.
  expect(await output("bridge", "fdb", "show", "br", "wharf0")).toContain(`${address(heir).mac} dev veth${heir.endpoints[0]?.endpointId.slice(0, 10) ?? ""} sticky master wharf0 static`);
  const owned = (await output("nft", "list", "set", "bridge", "wharf-wharf0", "addresses4_by_port")).match(/172\.17\.\d+\.\d+/g);
  expect(owned?.toSorted()).toEqual(["172.17.0.2", "172.17.0.3", "172.17.0.4"]);
  for (const { containerId } of [attacker, witness, heir]) await service.release(containerId);
  expect(await output("nft", "list", "set", "bridge", "wharf-wharf0", "macs_by_port")).not.toContain("elements");
}, patience);

test("a firewall that somebody else takes away, in whole or in part, is there again; others' tables are left alone", async () => {
  await using world = new NetworkWorld();
  using poller = new Poller();
  const warnings: string[] = [];
  let heard = Promise.withResolvers<string>();
  const onWarning = (message: string): void => {
    warnings.push(message);
    heard.resolve(message);
    heard = Promise.withResolvers<string>();
  };
  const { service } = await world.start([], { poller, onWarning });
  await service.create({ ...networkBody, Name: "back" });
  const a = await service.prepare(request("a", { publish: parsePublishedPorts("7400:80") }));
  const b = await service.prepare(request("b", { mode: { kind: "network", name: "back" } }));
  await world.serve(a.netnsPath, 80);
  await world.serve(b.netnsPath, 80);
  const all = ["inet", "netdev", "bridge"] as const;
  const tables = async (): Promise<string> => (await Promise.all(all.map((family) => output("nft", "list", "table", family, "wharf-wharf0")))).join("\n");
  const before = await tables();
  const reach = async (): Promise<unknown> => await world.ask(a.netnsPath, `tcp/${b.endpoints[0]?.ipv4?.address ?? ""}/80`);
  const isolated = { [`tcp/${b.endpoints[0]?.ipv4?.address ?? ""}/80`]: "timeout" };
  for (const attack of [
    "flush ruleset; add table inet mine", "delete table bridge wharf-wharf0", "flush chain inet wharf-wharf0 forward",
    "delete element inet wharf-wharf0 ports4_any { tcp . 7400 }", "flush table inet wharf-wharf0; flush ruleset; add table inet mine",
  ]) {
    const repaired = heard.promise;
    expect(await output("nft", attack)).toBe("");
    expect(await repaired).toBe("the firewall tables wharf-wharf0 were taken away, in whole or in part, and are there again");
    expect(await tables()).toBe(before);
  }
  expect(await reach()).toEqual(isolated);
  expect(await world.ask(undefined, "tcp/127.0.0.1/7400")).toEqual({ "tcp/127.0.0.1/7400": "tcp ::ffff:172.17.0.1" });
  expect(await output("nft", "list", "tables")).toContain("table inet mine");

  // What the engine does itself is no reason to complain, and what it does right after a flush does not fail.
  expect(warnings).toHaveLength(5);
  await service.release(b.containerId);
  await service.remove("back");
  expect(warnings).toHaveLength(5);
  await Bun.spawn(["nft", "flush ruleset"]).exited;
  const c = await service.prepare(request("c", { publish: parsePublishedPorts("7401:80") }));
  await service.release(a.containerId);
  expect(await service.reach(c.containerId)).toMatchObject([{ IsInForce: true }, { IsInForce: true }]);
  await service.release(c.containerId);
}, patience);
