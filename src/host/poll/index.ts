export { Poller } from "./poller.ts";
