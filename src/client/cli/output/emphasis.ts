/** A heading, in bold where there are colours. */
export function emphasised(text: string, out: { readonly hasColour: boolean }): string {
  return out.hasColour ? `\u001b[1m${text}\u001b[0m` : text;
}
