import { EngineError } from "../../base/index.ts";
import { macvlanModes, type MacvlanMode } from "../../host/netlink/index.ts";

/** On which of the machine's links the containers of a macvlan network are, and how they see each other. */
export interface MacvlanOptions {
  readonly parent: string;
  readonly mode: MacvlanMode;
}

/** @throws EngineError `invalid-argument`, `unsupported` without a parent */
export function readMacvlanOptions(options: Readonly<Record<string, string>>): MacvlanOptions {
  const parent = options["parent"] ?? "";
  if (parent === "") {
    throw new EngineError("unsupported", "a macvlan network without a parent is not supported", { hint: "name a link of the machine: -o parent=eth0" });
  }
  if (!/^[^\s/:]{1,15}$/.test(parent)) throw new EngineError("invalid-argument", `invalid parent ${JSON.stringify(parent.slice(0, 40))}: no name of a link`);
  const text = options["macvlan_mode"] ?? "bridge";
  const mode = (Object.keys(macvlanModes) as MacvlanMode[]).find((known) => known === text);
  if (mode === undefined) throw new EngineError("invalid-argument", `requested macvlan mode '${text}' is not valid, 'bridge' mode is the macvlan driver default`);
  return { parent, mode };
}
