export { FakeBackend } from "./fake-backend.ts";
export { FakeServer, parseReply } from "./fake-server.ts";
export type { RawReply } from "./fake-server.ts";
export { RawClient } from "./raw-client.ts";
export { Certificates, hasOpenssl } from "./certificates.ts";
