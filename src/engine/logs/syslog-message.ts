import type { SyslogPlan } from "./delivery-plan.ts";
import type { LoggedRecord } from "./logged-record.ts";

/** Who says it. */
export interface SyslogSource {
  readonly hostname: string;
  readonly tag: string;
  readonly pid: number;
}

const information = 6;
const error = 3;
const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** A record as a message of syslog, with a newline at its end, in the ways in which docker writes it. */
export function syslogMessage(record: LoggedRecord, { facility, format, target }: SyslogPlan, source: SyslogSource): Uint8Array {
  const priority = facility + (record.stream === "stderr" ? error : information);
  const head = Buffer.from(headOf(priority, record.time, format, source));
  const message = Buffer.concat([head, record.text, Buffer.from("\n")]);
  // Over TLS the newer format tells its length (RFC 5425), since a text may hold newlines.
  return format.startsWith("rfc5424") && target.kind === "tls" ? Buffer.concat([Buffer.from(`${message.length} `), message]) : message;
}

function headOf(priority: number, time: string, format: SyslogPlan["format"], { hostname, tag, pid }: SyslogSource): string {
  switch (format) {
    case "": return `<${priority}>${stamp(time)} ${tag}[${pid}]: `;
    case "rfc3164": return `<${priority}>${stamp(time)} ${hostname} ${tag}[${pid}]: `;
    case "rfc5424": return `<${priority}>1 ${time.slice(0, 19)}${zone(time)} ${hostname} ${tag} ${pid} ${tag} - `;
    case "rfc5424micro": return `<${priority}>1 ${time.slice(0, 26)}${zone(time)} ${hostname} ${tag} ${pid} ${tag} - `;
  }
}

/** "Jan  2 15:04:05". */
function stamp(time: string): string {
  return `${months[Number(time.slice(5, 7)) - 1] ?? ""} ${String(Number(time.slice(8, 10))).padStart(2)} ${time.slice(11, 19)}`;
}

function zone(time: string): string {
  const written = time.slice(29);
  return written === "+00:00" ? "Z" : written;
}
