import { ellipsis } from "./text.ts";

const gap = 3;
const standardWidth = 10;
/** What a column keeps of its cells where it has to give way; in characters. */
const narrowestCell = 12;

/** Lays lines out whose cells are separated by tabs: each column as wide as its longest cell and three spaces, `narrowest` at least. */
export function layOut(lines: readonly string[], { narrowest = standardWidth }: { readonly narrowest?: number } = {}): string {
  const rows = lines.map((line) => line.split("\t"));
  const widths: number[] = [];
  for (const cells of rows) {
    // The last cell of a line ends no column.
    for (const [index, cell] of cells.slice(0, -1).entries()) {
      widths[index] = Math.max(widths[index] ?? narrowest, displayLength(cell) + gap);
    }
  }
  return rows.map((cells) => `${cells.map((cell, index) => pad(cell, index === cells.length - 1 ? 0 : widths[index] ?? 0)).join("")}\n`).join("");
}

function pad(cell: string, width: number): string {
  return cell + " ".repeat(Math.max(width - displayLength(cell), 0));
}

function displayLength(text: string): number {
  let length = 0;
  for (const char of text) length += char === "" ? 0 : 1;
  return length;
}

/**
 * Shortens the cells of some columns, the first of `order` first, until the table has no more characters in a line than
 * `room`, or none of them can give more.
 */
export function fit(rows: readonly (readonly string[])[], { room, order }: { readonly room: number; readonly order: readonly number[] }): readonly (readonly string[])[] {
  const longest = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((cells) => displayLength(cells[column] ?? ""))));
  const last = longest.length - 1;
  let excess = longest.reduce((sum, length, column) => sum + (column === last ? length : Math.max(length + gap, standardWidth)), 0) - room;
  const limits = new Map<number, number>();
  for (const column of order) {
    const length = longest[column] ?? 0;
    const cut = Math.min(excess, length - Math.max(narrowestCell, displayLength(rows[0]?.[column] ?? "")));
    if (cut <= 0) continue;
    limits.set(column, length - cut);
    excess -= cut;
  }
  return rows.map((cells) => cells.map((cell, column) => {
    const limit = limits.get(column);
    return limit === undefined ? cell : ellipsis(cell, limit);
  }));
}
