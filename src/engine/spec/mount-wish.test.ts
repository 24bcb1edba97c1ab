import { expect, test } from "bun:test";
import { containerCreateBody } from "../../api/bodies/index.ts";
import { parseJson } from "../../api/decode/index.ts";
import { collectMountWishes, type MountWish } from "./index.ts";

function wishes(body: object): readonly MountWish[] {
  const { HostConfig: host, ...config } = containerCreateBody(parseJson(JSON.stringify(body)), "");
  return collectMountWishes({ config, hostConfig: host, inherited: [] });
}

function shown(body: object): string[] {
  return wishes(body).map((wish) => {
    const what = wish.kind === "tmpfs" ? wish.options.join(",") : wish.kind === "volume" ? (wish.name ?? "(new)") : wish.source;
    return `${wish.target} ${wish.kind} ${what} ${wish.readOnly ? "ro" : "rw"}`;
  });
}

test("collectMountWishes: every spelling, by depth, the image's volumes where nothing else is", () => {
  const body = {
    Volumes: { "/image/only": {}, "/a": {} },
    HostConfig: {
      Binds: ["/host:/a/b/c:ro", "named:/a", "/anonymous", "/x//y/../z:/n/../m/"],
      Mounts: [{ Type: "bind", Source: "/src", Target: "/a/b", ReadOnly: true }, { Type: "tmpfs", Target: "/t/m", TmpfsOptions: { SizeBytes: 4096, Mode: 0o700 } }],
      Tmpfs: { "/run": "size=64k,ro" },
    },
  };
  expect(shown(body)).toEqual([
    "/a volume named rw",
    "/anonymous volume (new) rw",
    "/m bind /x/z rw",
    "/run tmpfs size=64k ro",
    "/a/b bind /src ro",
    "/image/only volume (new) rw",
    "/t/m tmpfs size=4096,mode=700 rw",
    "/a/b/c bind /host ro",
  ]);
});

test("collectMountWishes: how far read-only and mounts below go", () => {
  const [plain, single, shallow, forced] = wishes({
    HostConfig: {
      Binds: ["/s:/a:ro,rslave", "/s:/b:bind"],
      Mounts: [
        { Type: "bind", Source: "/s", Target: "/c", ReadOnly: true, BindOptions: { ReadOnlyNonRecursive: true } },
        { Type: "bind", Source: "/s", Target: "/d", ReadOnly: true, BindOptions: { ReadOnlyForceRecursive: true } },
      ],
    },
  });
  expect(plain).toMatchObject({ readOnlyRecursive: "where-possible", recursive: true, propagation: "rslave", createSource: true });
  expect(single).toMatchObject({ readOnlyRecursive: "no", recursive: false, propagation: "rprivate" });
  expect(shallow).toMatchObject({ readOnlyRecursive: "no", createSource: false });
  expect(forced).toMatchObject({ readOnlyRecursive: "always" });
});

test("collectMountWishes: what was inherited gives way to what was asked for, and goes before what the image declares", () => {
  const { HostConfig: hostConfig, ...config } = containerCreateBody(parseJson(JSON.stringify({ Volumes: { "/a": {}, "/c": {} }, HostConfig: { Binds: ["/own:/b"] } })), "");
  const inherited = [{ Type: "bind", Source: "/of/another", Target: "/a", ReadOnly: true }, { Type: "volume", Source: "vol", Target: "/b" }, { Type: "volume", Source: "vol", Target: "/d" }] as const;
  expect(collectMountWishes({ config, hostConfig, inherited }).map(({ target, kind, readOnly }) => `${target} ${kind} ${readOnly}`)).toEqual([
    "/a bind true", "/b bind false", "/c volume false", "/d volume false",
  ]);
});

const refused: readonly (readonly [host: object, text: string])[] = [
  [{ Binds: ["/a:/b:ro:x"] }, "invalid volume specification: '/a:/b:ro:x'"],
  [{ Binds: ["/a:b"] }, "invalid volume specification: '/a:b': invalid mount path: 'b' mount path must be absolute"],
  [{ Binds: ["/a:/"] }, `invalid volume specification: '/a:/': invalid mount config for type "bind": invalid specification: destination can't be '/'`],
  [{ Binds: ["/a:/b:nonsense"] }, "invalid mode: nonsense"],
  [{ Binds: ["../a:/b"] }, "includes invalid characters for a local volume name"],
  [{ Binds: ["/a:/x/.", "/b:/x"] }, "Duplicate mount point: /x"],
  [{ Mounts: [{ Type: "bind", Source: "a", Target: "/b" }] }, 'invalid mount config for type "bind": invalid mount path: \'a\' mount path must be absolute'],
  [{ Mounts: [{ Type: "bind", Target: "/b" }] }, 'invalid mount config for type "bind": field Source must not be empty'],
  [{ Mounts: [{ Type: "volume" }] }, 'invalid mount config for type "volume": field Target must not be empty'],
  [{ Mounts: [{ Type: "tmpfs", Source: "/a", Target: "/b" }] }, 'invalid mount config for type "tmpfs": field Source must not be specified'],
  [{ Mounts: [{ Type: "bind", Source: "/a", Target: "/b", BindOptions: { ReadOnlyForceRecursive: true } }] }, "need a read-only mount"],
  [{ Mounts: [{ Type: "image", Target: "/b" }] }, 'invalid mount config for type "image": field Source must not be empty'],
  [{ Mounts: [{ Type: "image", Source: "i", Target: "/b", BindOptions: {} }] }, 'invalid mount config for type "image": field BindOptions must not be specified'],
  [{ Mounts: [{ Type: "image", Source: "i", Target: "/b", ImageOptions: { Subpath: "../x" } }] }, "subpath must be a relative path within the volume"],
  [{ Mounts: [{ Type: "bind", Source: "/a", Target: "/b", ImageOptions: { Subpath: "x" } }] }, 'invalid mount config for type "bind": field ImageOptions must not be specified'],
  [{ Mounts: [{ Type: "cluster", Source: "a", Target: "/b" }] }, "cluster volumes need a swarm"],
  [{ Tmpfs: { "/t": "evil=1" } }, 'invalid tmpfs option ["evil=1"]'],
];

for (const [host, text] of refused) {
  test(`collectMountWishes refuses ${JSON.stringify(host)}`, () => {
    expect(() => wishes({ HostConfig: host })).toThrow(text);
  });
}
