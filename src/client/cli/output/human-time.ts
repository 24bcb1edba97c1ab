const minute = 60;
const hour = 60 * minute;

/** A length of time as docker tells it: "About a minute", "3 hours". */
export function humanDuration(seconds: number): string {
  const whole = Math.trunc(seconds);
  if (whole < 1) return "Less than a second";
  if (whole === 1) return "1 second";
  if (whole < minute) return `${whole} seconds`;
  const minutes = Math.trunc(seconds / minute);
  if (minutes === 1) return "About a minute";
  if (minutes < 60) return `${minutes} minutes`;
  const hours = Math.trunc(seconds / hour + 0.5);
  if (hours === 1) return "About an hour";
  if (hours < 48) return `${hours} hours`;
  if (hours < 24 * 7 * 2) return `${Math.trunc(hours / 24)} days`;
  if (hours < 24 * 30 * 2) return `${Math.trunc(hours / 24 / 7)} weeks`;
  if (hours < 24 * 365 * 2) return `${Math.trunc(hours / 24 / 30)} months`;
  return `${Math.trunc(seconds / hour / 24 / 365)} years`;
}

/** "3 hours ago", of seconds since the epoch; "N/A" for none. */
export function ago(created: number, now = Date.now()): string {
  return created <= 0 ? "N/A" : `${humanDuration(now / 1000 - created)} ago`;
}

/** A time as Go prints it, in the zone of this machine: "2026-11-27 21:42:01 +0000 UTC". */
export function goTime(seconds: number): string {
  const date = new Date(seconds * 1000);
  const offset = -date.getTimezoneOffset();
  const local = new Date(date.getTime() + offset * 60_000).toISOString();
  const sign = offset < 0 ? "-" : "+";
  const size = Math.abs(offset);
  const numeric = `${sign}${String(Math.trunc(size / 60)).padStart(2, "0")}${String(size % 60).padStart(2, "0")}`;
  return `${local.slice(0, 10)} ${local.slice(11, 19)} ${numeric} ${zoneName(date, numeric)}`;
}

function zoneName(date: Date, numeric: string): string {
  if (numeric === "+0000") return "UTC";
  const name = /\(([^)]+)\)/.exec(date.toTimeString())?.[1] ?? "";
  if (/^[A-Z]{3,5}$/.test(name)) return name;
  const initials = name.split(" ").map((word) => word.charAt(0)).join("");
  return /^[A-Z]{3,5}$/.test(initials) ? initials : numeric;
}

/** RFC 3339 to the second, in the zone of this machine, as `history` and `images` print times without their human form. */
export function rfc3339(seconds: number): string {
  const [day = "", clock = "", numeric = "+0000"] = goTime(seconds).split(" ");
  return `${day}T${clock}${numeric === "+0000" ? "Z" : `${numeric.slice(0, 3)}:${numeric.slice(3)}`}`;
}
