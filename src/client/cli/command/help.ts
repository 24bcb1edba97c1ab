import type { Flag } from "./flag.ts";

const narrowest = 40;

export interface HelpPage {
  readonly usage: string;
  readonly summary: string;
  readonly details?: string;
  readonly aliases?: readonly string[];
  readonly flags?: readonly Flag[];
  /** Commands below this one, in groups for people. */
  readonly groups?: readonly CommandGroup[];
  readonly flagsTitle?: string;
  readonly footer?: string;
}

export interface CommandGroup {
  readonly title: string;
  readonly commands: readonly (readonly [name: string, summary: string])[];
}

export interface HelpLayout {
  /** Of the terminal. */
  readonly columns: number;
  /** How titles are written, such as in bold. */
  readonly title: (text: string) => string;
}

/** A help text; its titles are those that docker's have. */
export function formatHelp(page: HelpPage, { columns, title }: HelpLayout): string {
  const parts = [`${title("Usage:")}  ${page.usage}`, page.summary];
  if (page.details !== undefined) parts.push(page.details);
  if (page.aliases !== undefined && page.aliases.length > 1) parts.push(`${title("Aliases:")}\n  ${page.aliases.join(", ")}`);
  for (const group of page.groups ?? []) parts.push(formatGroup(group, title));
  const flags = (page.flags ?? []).filter((flag) => flag.isHidden !== true);
  if (flags.length > 0) parts.push(`${title(`${page.flagsTitle ?? "Options"}:`)}\n${formatFlags(flags, columns)}`);
  if (page.footer !== undefined) parts.push(page.footer);
  return `${parts.join("\n\n")}\n`;
}

function formatGroup({ title, commands }: CommandGroup, emphasise: HelpLayout["title"]): string {
  const width = Math.max(11, ...commands.map(([name]) => name.length));
  return `${emphasise(`${title}:`)}\n${commands.map(([name, summary]) => `  ${name.padEnd(width)} ${summary}`).join("\n")}`;
}

function formatFlags(flags: readonly Flag[], columns: number): string {
  const rows = [...flags].sort((a, b) => (a.name < b.name ? -1 : 1)).map((flag) => {
    const short = flag.short === undefined ? "      " : `  -${flag.short}, `;
    const about = flag.shownDefault === undefined || flag.type === "" && flag.shownDefault === "false"
      ? flag.about
      : `${flag.about} (default ${flag.shownDefault})`;
    return { left: `${short}--${flag.name}${flag.type === "" ? "" : ` ${flag.type}`}`, about };
  });
  const width = Math.max(...rows.map((row) => row.left.length)) + 3;
  const room = Math.max(columns - width, narrowest);
  return rows.map(({ left, about }) => {
    const lines = about.split("\n").flatMap((line) => wrap(line, room));
    return left.padEnd(width) + lines.join(`\n${" ".repeat(width)}`);
  }).join("\n");
}

function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else {
      line = line === "" ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}
