import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { runtimes, SpecWorld } from "./spec-world.ts";

let world: SpecWorld;

beforeAll(() => { world = new SpecWorld(); });
afterAll(() => { world.close(); });

const time = 120_000;
/** docker's fourteen: CHOWN, DAC_OVERRIDE, FOWNER, FSETID, KILL, SETGID, SETUID, SETPCAP, NET_BIND_SERVICE, NET_RAW, SYS_CHROOT, MKNOD, AUDIT_WRITE, SETFCAP. */
const dockers = "00000000a80425fb";
const none = "0000000000000000";
const capabilities = "grep ^Cap /proc/self/status | tr -d '\\t'";

describe.each([...runtimes])("%s", (runtime) => {
  test("capabilities: docker's for root, none in effect for another user", async () => {
    expect(await world.output(runtime, capabilities)).toBe(`CapInh:${none}\nCapPrm:${dockers}\nCapEff:${dockers}\nCapBnd:${dockers}\nCapAmb:${none}\n`);
    const ann = await world.output(runtime, capabilities, { body: { User: "ann" } });
    expect(ann).toBe(`CapInh:${none}\nCapPrm:${none}\nCapEff:${none}\nCapBnd:${dockers}\nCapAmb:${none}\n`);
  }, time);

  test("CVE-2022-24769: nothing is inheritable, whatever is added", async () => {
    const wish = { body: { User: "ann", HostConfig: { CapAdd: ["NET_ADMIN", "SYS_ADMIN"] } } };
    expect(await world.output(runtime, "grep CapInh /proc/self/status; grep CapInh /proc/1/status", wish)).toBe(`CapInh:\t${none}\nCapInh:\t${none}\n`);
  }, time);

  test("capabilities: added, dropped, all, none", async () => {
    const bounding = async (HostConfig: Record<string, unknown>): Promise<string> =>
      (await world.output(runtime, "grep CapBnd /proc/self/status", { body: { HostConfig } })).slice("CapBnd:\t".length).trim();
    expect(await bounding({ CapDrop: ["ALL"] })).toBe(none);
    expect(await bounding({ CapDrop: ["all"], CapAdd: ["cap_chown", "KILL"] })).toBe("0000000000000021");
    expect(await bounding({ CapDrop: ["CHOWN"], CapAdd: ["NET_ADMIN"] })).toBe("00000000a80435fa");
    const all = BigInt(`0x${await bounding({ CapAdd: ["ALL"], CapDrop: ["SYS_ADMIN"] })}`);
    expect(all & (1n << 21n)).toBe(0n);
    expect(all & (1n << 16n)).not.toBe(0n);
    expect(BigInt(`0x${await bounding({ Privileged: true })}`)).toBe(all | (1n << 21n));
  }, time);

  test("seccomp: a filter is in force, and what it forbids fails as docker's does", async () => {
    expect(await world.output(runtime, "grep Seccomp: /proc/self/status")).toBe("Seccomp:\t2\n");
    const { code, stderr } = await world.run(runtime, "unshare -U true");
    expect([code, stderr]).toEqual([1, "unshare: unshare(0x10000000): Operation not permitted\n"]);
    expect(await world.output(runtime, "grep Seccomp: /proc/self/status", { body: { HostConfig: { SecurityOpt: ["seccomp=unconfined"] } } })).toBe("Seccomp:\t0\n");
    expect(await world.output(runtime, "grep Seccomp: /proc/self/status", { body: { HostConfig: { Privileged: true } } })).toBe("Seccomp:\t0\n");
  }, time);

  test("seccomp: a profile from a file, with its conditions", async () => {
    const profile = {
      defaultAction: "SCMP_ACT_ALLOW",
      syscalls: [
        { names: ["mkdir", "mkdirat"], action: "SCMP_ACT_ERRNO", errnoRet: 28 },
        { names: ["chmod", "fchmodat"], action: "SCMP_ACT_ERRNO", errnoRet: 28, includes: { caps: ["CAP_NET_ADMIN"] } },
        { names: ["symlink", "symlinkat"], action: "SCMP_ACT_ERRNO", errnoRet: 28, excludes: { caps: ["CAP_NET_ADMIN"] } },
      ],
    };
    const script = "mkdir /tmp/made; chmod 700 /tmp; busybox ln -s x /tmp/link; busybox rm -f /tmp/link";
    const SecurityOpt = [`seccomp=${JSON.stringify(profile)}`];
    const without = await world.run(runtime, script, { body: { HostConfig: { SecurityOpt } } });
    expect(without.stderr).toContain("mkdir: can't create directory '/tmp/made': No space left on device");
    expect(without.stderr).toContain("ln: ");
    expect(without.stderr).not.toContain("chmod: ");
    const withIt = await world.run(runtime, script, { body: { HostConfig: { SecurityOpt, CapAdd: ["NET_ADMIN"] } } });
    expect(withIt.stderr).toContain("chmod: /tmp: No space left on device");
    expect(withIt.stderr).not.toContain("ln: ");
  }, time);

  test("no-new-privileges", async () => {
    expect(await world.output(runtime, "grep NoNewPrivs /proc/self/status")).toBe("NoNewPrivs:\t0\n");
    for (const option of ["no-new-privileges", "no-new-privileges:true", "no-new-privileges=true"]) {
      expect(await world.output(runtime, "grep NoNewPrivs /proc/self/status", { body: { HostConfig: { SecurityOpt: [option] } } })).toBe("NoNewPrivs:\t1\n");
    }
  }, time);

  test("masked paths are empty, read-only ones refuse writes, systempaths=unconfined shows them", async () => {
    const script = "cat /proc/keys /proc/timer_list | wc -c; ls /sys/firmware /proc/acpi | grep -v : | wc -w; echo x > /proc/sys/kernel/core_pattern";
    const { stdout, stderr } = await world.run(runtime, script);
    expect([stdout, stderr]).toEqual(["0\n0\n", "sh: can't create /proc/sys/kernel/core_pattern: Read-only file system\n"]);
    const open = await world.output(runtime, "head -c 10 /proc/timer_list | wc -c; grep -c ' /proc/' /proc/mounts; true", { body: { HostConfig: { SecurityOpt: ["systempaths=unconfined"] } } });
    expect(open).toBe("10\n0\n");
  }, time);

  test("privileged: writable /sys, nothing masked, the host's devices", async () => {
    const script = "grep -c ' /sys sysfs ro,' /proc/mounts; grep -c ' /proc/' /proc/mounts; ls /dev | wc -l";
    const [sys, masked, devices] = (await world.run(runtime, script, { body: { HostConfig: { Privileged: true } } })).stdout.split("\n").map(Number);
    const ordinary = (await world.run(runtime, script)).stdout.split("\n").map(Number);
    expect([sys, masked]).toEqual([0, 0]);
    expect(ordinary[0]).toBe(1);
    expect(devices).toBeGreaterThan(ordinary[2] ?? 0);
  }, time);

  test("namespaces of its own: it is pid 1, has its own name, and its own shared memory", async () => {
    expect(await world.output(runtime, "echo $$; hostname; cat /proc/sys/kernel/domainname; ls /dev/shm | wc -l", { body: { Hostname: "web", Domainname: "example.test" } })).toBe("1\nweb\nexample.test\n0\n");
  }, time);

  test("devices: docker's set and no other can be opened", async () => {
    const listed = (await world.output(runtime, "ls /dev | sort | tr '\\n' ' '")).trim().split(" ");
    // A link to the kernel's memory, where the kernel shows it at all.
    expect(listed.filter((name) => name !== "core")).toEqual(["fd", "full", "mqueue", "null", "ptmx", "pts", "random", "shm", "stderr", "stdin", "stdout", "tty", "urandom", "zero"]);
    const script = "busybox mknod /tmp/loops c 10 237; : < /tmp/loops; busybox rm /tmp/loops";
    expect((await world.run(runtime, script)).stderr).toContain("Operation not permitted");
  }, time);

  test("devices: --device with its rights, --device-cgroup-rule", async () => {
    const Devices = [{ PathOnHost: "/dev/zero", PathInContainer: "/dev/mine", CgroupPermissions: "r" }, { PathOnHost: "/dev/loop-control", PathInContainer: "/dev/loops", CgroupPermissions: "r" }];
    const script = "head -c 3 /dev/mine | wc -c; : < /dev/loops && echo opened; : > /dev/loops";
    const { stdout, stderr } = await world.run(runtime, script, { body: { HostConfig: { Devices } } });
    expect(stdout).toBe("3\nopened\n");
    expect(stderr).toContain("Operation not permitted");
    const ruled = await world.output(runtime, "busybox mknod /tmp/loops c 10 237; : < /tmp/loops && echo opened; busybox rm /tmp/loops", { body: { HostConfig: { DeviceCgroupRules: ["c 10:237 r"] } } });
    expect(ruled).toBe("opened\n");
  }, time);
});
