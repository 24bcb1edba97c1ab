/** An id as lists show it: without its algorithm, 12 digits. */
export function shortId(id: string): string {
  const colon = id.indexOf(":");
  return (colon < 0 ? id : id.slice(colon + 1)).slice(0, 12);
}

/** Cut to so many characters, the last of them an ellipsis where something is cut off. */
export function ellipsis(text: string, most: number): string {
  const characters = Array.from(text);
  return characters.length <= most ? text : `${characters.slice(0, most - 1).join("")}…`;
}
