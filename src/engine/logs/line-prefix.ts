/**
 * What `logs --details` puts before a line: the attributes as docker writes them, sorted, in the spelling of a URL's
 * query, and a space also where there is none.
 */
export function detailsPrefix(attributes: Readonly<Record<string, string>>): Uint8Array {
  const names = Object.keys(attributes).sort();
  return Buffer.from(`${names.map((name) => `${escapeQuery(name)}=${escapeQuery(attributes[name] ?? "")}`).join(",")} `);
}

function escapeQuery(text: string): string {
  return encodeURIComponent(text)
    .replace(/[!'()*]/g, (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll("%20", "+");
}
