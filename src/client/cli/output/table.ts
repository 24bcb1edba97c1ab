const gap = 3;

/** Lays lines out whose cells are separated by tabs: each column as wide as its longest cell and three spaces, `narrowest` at least. */
export function layOut(lines: readonly string[], { narrowest = 10 }: { readonly narrowest?: number } = {}): string {
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
