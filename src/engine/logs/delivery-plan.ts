import { statSync } from "node:fs";
import { EngineError } from "../../base/index.ts";
import { switchOf } from "./log-option.ts";

type Options = Readonly<Record<string, string>>;

/** Where a container's log is sent as well as kept. */
export type DeliveryPlan = SyslogPlan | JournalPlan;

export interface SyslogPlan {
  readonly kind: "syslog";
  readonly target: SyslogTarget;
  /** Times eight. */
  readonly facility: number;
  readonly format: "" | "rfc3164" | "rfc5424" | "rfc5424micro";
}

export type SyslogTarget =
  /** Undefined: the machine's own, wherever it is. */
  | { readonly kind: "unix"; readonly path: string | undefined; readonly datagrams: "only" | "first" }
  | { readonly kind: "udp" | "tcp"; readonly host: string; readonly port: number }
  | { readonly kind: "tls"; readonly host: string; readonly port: number; readonly tls: SyslogTls };

/** Files in PEM; empty: none. */
export interface SyslogTls {
  readonly authority: string;
  readonly certificate: string;
  readonly key: string;
  readonly verifies: boolean;
}

export interface JournalPlan {
  readonly kind: "journald";
}

export const syslogOptions: readonly string[] = [
  "syslog-address", "syslog-facility", "syslog-format", "syslog-tls-ca-cert", "syslog-tls-cert", "syslog-tls-key", "syslog-tls-skip-verify",
];

const facilities = [
  "kern", "user", "mail", "daemon", "auth", "syslog", "lpr", "news", "uucp", "cron", "authpriv", "ftp", "", "", "", "",
  "local0", "local1", "local2", "local3", "local4", "local5", "local6", "local7",
];
const defaultPort = 514;

/** @throws EngineError `invalid-argument`, docker's texts */
export function syslogPlan(options: Options): SyslogPlan {
  const target = parseTarget(options["syslog-address"] ?? "", {
    authority: options["syslog-tls-ca-cert"] ?? "", certificate: options["syslog-tls-cert"] ?? "", key: options["syslog-tls-key"] ?? "",
    // docker looks only whether it is there.
    verifies: options["syslog-tls-skip-verify"] === undefined || !switchOf(options["syslog-tls-skip-verify"] || "true", true),
  });
  return { kind: "syslog", target, facility: parseFacility(options["syslog-facility"] ?? ""), format: parseFormat(options["syslog-format"] ?? "") };
}

/**
 * What can be told before a container is made. Later the socket may be away for a while.
 * @throws EngineError `invalid-argument`, docker's text
 */
export function requireSocket(plan: DeliveryPlan): void {
  if (plan.kind !== "syslog" || plan.target.kind !== "unix" || plan.target.path === undefined) return;
  if (statSync(plan.target.path, { throwIfNoEntry: false }) === undefined) throw invalid(`stat ${plan.target.path}: no such file or directory`);
}

function invalid(text: string): EngineError {
  return new EngineError("invalid-argument", text);
}

function parseTarget(address: string, tls: SyslogTls): SyslogTarget {
  if (address === "") return { kind: "unix", path: undefined, datagrams: "first" };
  const [, protocol = "", rest = ""] = /^([a-z+]+):\/\/(.*)$/s.exec(address) ?? [];
  if (protocol === "unix" || protocol === "unixgram") {
    return { kind: "unix", path: rest, datagrams: protocol === "unixgram" ? "only" : "first" };
  }
  if (protocol !== "udp" && protocol !== "tcp" && protocol !== "tcp+tls") throw invalid(`syslog-address should be in form proto://address, got ${address}`);
  const [, bracketed, plain, port = ""] = /^(?:\[([^\]]+)\]|([^:/[\]]+))(?::(\d{1,5}))?$/.exec(rest) ?? [];
  const host = bracketed ?? plain;
  if (host === undefined || Number(port) > 65_535) throw invalid(`syslog-address should be in form proto://address, got ${address}`);
  const place = { host, port: port === "" ? defaultPort : Number(port) };
  return protocol === "tcp+tls" ? { kind: "tls", ...place, tls } : { kind: protocol, ...place };
}

function parseFacility(text: string): number {
  if (text === "") return facilities.indexOf("daemon") * 8;
  const number = /^\d+$/.test(text) ? Number(text) : facilities.indexOf(text);
  if (number < 0 || number > 23) throw invalid("invalid syslog facility");
  return number * 8;
}

function parseFormat(text: string): SyslogPlan["format"] {
  if (text === "" || text === "rfc3164" || text === "rfc5424" || text === "rfc5424micro") return text;
  throw invalid("Invalid syslog format");
}
