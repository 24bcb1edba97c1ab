import { formatHelp, type Flag, type HelpLayout, type Plugin } from "./command/index.ts";
import { commands, groups, type TreeEntry } from "./tree.ts";

const program = "wharf";

interface HelpOptions {
  readonly layout: HelpLayout;
  readonly globalFlags: readonly Flag[];
  readonly plugins: () => Promise<readonly Plugin[]>;
}

/** The help text of a command, of a group, or of the whole program; undefined where there is no such thing. */
export async function helpFor(words: readonly string[], options: HelpOptions): Promise<string | undefined> {
  const path = words.join(" ");
  if (path === "") return await rootHelp(options);
  const entry = commands.find(({ paths }) => paths.includes(path));
  if (entry !== undefined) return await commandHelp(entry, path, options.layout);
  const group = groups.find(({ name }) => name === path);
  return group === undefined ? undefined : groupHelp(group.name, group.summary, options.layout);
}

async function commandHelp({ paths, summary, load }: TreeEntry, path: string, layout: HelpLayout): Promise<string> {
  const command = await load?.();
  const usage = command?.usage ?? "[OPTIONS]";
  return formatHelp({
    usage: `${program} ${path}${usage === "" ? "" : ` ${usage}`}`,
    summary,
    aliases: paths.map((name) => `${program} ${name}`),
    ...(command?.details === undefined ? {} : { details: command.details }),
    flags: command?.flags ?? [],
  }, layout);
}

function groupHelp(name: string, summary: string, layout: HelpLayout): string {
  const members = commands.filter(({ isHidden }) => isHidden !== true).flatMap(({ paths, summary: about }) => {
    const own = paths.find((path) => path.startsWith(`${name} `));
    return own === undefined ? [] : [[own.slice(name.length + 1), about] as const];
  });
  return formatHelp({
    usage: `${program} ${name} COMMAND`,
    summary,
    groups: [{ title: "Commands", commands: members.sort(byName) }],
    footer: `Run '${program} ${name} COMMAND --help' for more information on a command.`,
  }, layout);
}

async function rootHelp({ layout, globalFlags, plugins }: HelpOptions): Promise<string> {
  const found = await plugins();
  const usable = found.filter(({ Err }) => Err === undefined);
  const broken = found.flatMap(({ Name, Err }) => (Err === undefined ? [] : [[Name, Err] as const]));
  const top = commands.filter(({ isHidden }) => isHidden !== true).flatMap((entry) => {
    const name = entry.paths.findLast((path) => !path.includes(" "));
    return name === undefined ? [] : [{ name, entry }];
  });
  const rows = (isCommon: boolean): (readonly [string, string])[] =>
    top.filter(({ entry }) => (entry.group === "common") === isCommon).map(({ name, entry }) => [name, entry.summary] as const);
  return formatHelp({
    usage: `${program} [OPTIONS] COMMAND`,
    summary: "Containers, in Docker's language",
    groups: [
      { title: "Common Commands", commands: rows(true) },
      {
        title: "Management Commands",
        commands: [
          ...groups.map(({ name, summary }) => [name, summary] as const),
          ...usable.map(({ Name, ShortDescription = "" }) => [`${Name}*`, ShortDescription] as const),
        ].sort(byName),
      },
      { title: "Commands", commands: rows(false).sort(byName) },
      ...(broken.length === 0 ? [] : [{ title: "Invalid Plugins", commands: broken }]),
    ],
    flags: globalFlags,
    flagsTitle: "Global Options",
    footer: `Run '${program} COMMAND --help' for more information on a command.`,
  }, layout);
}

function byName(a: readonly [string, string], b: readonly [string, string]): number {
  return a[0] < b[0] ? -1 : 1;
}
