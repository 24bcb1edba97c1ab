const htmlEntities: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&#34;", "'": "&#39;", "\0": "\ufffd" };
const jsEscapes: Readonly<Record<string, string>> = {
  "\\": "\\\\", "'": "\\'", '"': '\\"', "<": "\\u003C", ">": "\\u003E", "&": "\\u0026", "=": "\\u003D",
};

/** Go's `html` function. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"'\0]/g, (char) => htmlEntities[char] ?? char);
}

/** Go's `js` function. */
export function escapeScript(text: string): string {
  return text.replace(/[\\'"<>&=]|[\p{C}\u2028\u2029]/gu, (char) => {
    const known = jsEscapes[char];
    if (known !== undefined) return known;
    return `\\u${(char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`;
  });
}

/** Go's `urlquery` function. */
export function escapeQuery(text: string): string {
  return encodeURIComponent(text).replace(/%20/g, "+").replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
}
