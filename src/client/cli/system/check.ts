import type { CheckFinding } from "../../../api/types/index.ts";
import { formatDecimalSize } from "../../../base/index.ts";
import { listFormatFlag, switchFlag, type Command } from "../command/index.ts";
import { writeList, type ListFormat } from "../output/index.ts";

export const checkCommand: Command = {
  usage: "[OPTIONS]",
  arity: { least: 0, most: 0 },
  details: "Compares the engine's records with the disk and the kernel, and lists everything that has no owner, or lacks what it needs, with the reason.\nThe exit code is 0 when nothing is wrong any more.",
  flags: [listFormatFlag, switchFlag("repair", "Put right what can be put right")],
  async run({ engine, io }, { flags }) {
    const { Findings: findings } = await engine.call("systemCheck", { query: { repair: flags.isOn("repair") } });
    const format = flags.text("format");
    if (findings.length === 0 && (format === "" || format === "table")) await io.out.write("Everything has an owner, and nothing is missing.\n");
    else await writeList(io.out, { items: findings, format: findingFormat, options: { format } });
    return findings.every(({ State }) => State === "repaired") ? 0 : 1;
  },
};

const findingFormat: ListFormat<CheckFinding> = {
  typeName: "*formatter.findingContext",
  columns: ["Subject", "Name", "Size", "State", "Reason"],
  fields: {
    Error: { heading: "ERROR", value: ({ Error = "" }) => Error },
    Name: { heading: "NAME", value: ({ Name }) => Name },
    Reason: { heading: "REASON", value: ({ Reason, Error }) => (Error === undefined ? Reason : `${Reason}; it cannot be repaired: ${Error}`) },
    Size: { heading: "SIZE", value: ({ Size }) => formatDecimalSize(Size) },
    State: { heading: "STATE", value: ({ State }) => State },
    Subject: { heading: "SUBJECT", value: ({ Subject }) => Subject },
  },
};
