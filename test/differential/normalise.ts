/** Takes out of an output what differs between two runs that are alike: ids, moments, addresses, free ports, the program's name. */
export function normalise(output: string): string {
  const replaced = output
    // docker's client lets its archiver go on after it has failed.
    .replace(/^time="[^"]*" level=error msg="Can't (?:add file|close tar writer)[^\n]*\n/gm, "")
    .replace(/\b[0-9a-f]{64}\b/g, "<id>")
    .replace(/\b(?=[0-9a-f]*\d)[0-9a-f]{12}\b/g, "<short id>")
    .replace(/\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|(?: ?[+-]\d\d:?\d\d)(?: [A-Z]{3,4})?)/g, "<time>")
    .replace(/(?:About (?:a|an) |Less than a |\d+ )(?:second|minute|hour|day|week|month|year)s?(?: ago)?/g, "<span>")
    .replace(/\b(?:[0-9a-f]{2}:){5}[0-9a-f]{2}\b/g, "<mac>")
    .replace(/\b(?:10\.\d{1,3}|172\.\d{1,3}|192\.168)(?:\.\d{1,3}){2}\b/g, "<address>")
    .replace(/:(?:3[2-9]|[456]\d)\d{3}\b/g, ":<port>")
    .replace(/\b[a-z]+_[a-z]+\d?(?=\s*$)/gm, "<name>")
    .replace(/(?:^|(?<=')|(?<=unknown command: )|(?<=^Usage: {2})|(?<=^ {2}|^\t|, ))(?:docker|wharf)(?=[: ])/gm, "<program>");
  // Widths of columns follow what stood in them.
  return replaced.split("\n").map((line) => line.replace(/ {2,}/g, "  ").trimEnd()).join("\n");
}
