import { formatApiVersion, newestApiVersion, oldestApiVersion } from "../../../api/operations/index.ts";
import { EngineError } from "../../../base/index.ts";
import type { DataUsageType, EventMessage } from "../../../api/types/index.ts";
import { replied, type Handlers } from "./call.ts";
import { commonHeaders, startJsonLines } from "../reply/index.ts";
import { dataUsageReply } from "../shapes/index.ts";

const pingHeaders = {
  ...commonHeaders,
  "Builder-Version": "1",
  "Cache-Control": "no-cache, no-store, must-revalidate",
  Pragma: "no-cache",
  Swarm: "inactive",
};

export const systemHandlers: Handlers<"systemAuth" | "systemPing" | "systemPingHead" | "systemVersion" | "systemInfo" | "systemEvents" | "systemDataUsage" | "systemCheck"> = {
  systemAuth: ({ backend, body, signal }) => backend.registries.logIn(body, signal),
  systemPing: async ({ exchange }) => {
    await exchange.reply(200, { ...pingHeaders, "Content-Type": "text/plain; charset=utf-8" }, "OK");
    return replied;
  },
  systemPingHead: async ({ exchange }) => {
    await exchange.reply(200, { ...pingHeaders, "Content-Type": "text/plain; charset=utf-8" });
    return replied;
  },
  systemVersion: async ({ backend, signal }) => ({
    ...await backend.system.version(signal),
    ApiVersion: formatApiVersion(newestApiVersion),
    MinAPIVersion: formatApiVersion(oldestApiVersion),
  }),
  systemCheck: ({ backend, query, signal }) => backend.system.check(query, signal),
  systemDataUsage: async ({ backend, query, version, signal }) =>
    dataUsageReply(await backend.system.dataUsage(new Set(query.type.map(dataUsageType)), signal), version),
  systemInfo: ({ backend, signal }) => backend.system.info(signal),
  systemEvents: async ({ backend, query, exchange, endless }) => {
    const { since, until, filters } = query;
    const events = await backend.system.events(
      { filters, ...(since === undefined ? {} : { since }), ...(until === undefined ? {} : { until }) },
      endless,
    );
    const stream = await startJsonLines(exchange);
    for await (const event of events) await stream.write(eventLine(event));
    await stream.end();
    return replied;
  },
};

function dataUsageType(text: string): DataUsageType {
  if (text === "container" || text === "image" || text === "volume" || text === "build-cache") return text;
  throw new EngineError("invalid-argument", `unknown object type: ${text}`);
}

/** The nanoseconds are written digit by digit: JavaScript's numbers do not hold them. */
function eventLine(event: EventMessage): Uint8Array {
  const { timeNano, ...rest } = event;
  return Buffer.from(`${JSON.stringify(rest).slice(0, -1)},"timeNano":${timeNano}}\n`);
}
