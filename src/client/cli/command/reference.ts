/** An image's name taken apart as the operations want it: a tag, or a digest in the tag's place. */
export function splitReference(reference: string): { readonly repository: string; readonly tag: string | undefined } {
  const at = reference.indexOf("@");
  if (at >= 0) return { repository: reference.slice(0, at), tag: reference.slice(at + 1) };
  const colon = reference.lastIndexOf(":");
  if (colon <= reference.lastIndexOf("/")) return { repository: reference, tag: undefined };
  return { repository: reference.slice(0, colon), tag: reference.slice(colon + 1) };
}
