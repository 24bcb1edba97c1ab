/** Without node:net, which takes longer to load than the rest of a command. */
export function isAddress(text: string): boolean {
  const isV4 = /^(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?!$)|$)){4}$/.test(text);
  return isV4 || (text.includes(":") && /^[0-9a-fA-F:.]+$/.test(text) && URL.canParse(`http://[${text}]/`));
}
