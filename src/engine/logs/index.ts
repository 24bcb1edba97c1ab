export type { DeliveredLog, KeptLog, LogDefaults, LogLimits, LogPolicy, LogRequest } from "./contract.ts";
export { completeLogConfig, logPolicy, requireReadableLog, requireUsableLog } from "./log-policy.ts";
export type { LoggedContainer } from "./log-policy.ts";
export { LogDelivery } from "./log-delivery.ts";
export { openLog } from "./log-reader.ts";
export { LogRotation } from "./log-rotation.ts";
export type { DeliveryPlan } from "./delivery-plan.ts";
