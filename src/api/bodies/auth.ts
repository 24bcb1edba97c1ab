import { object, string, type Decoder } from "../decode/index.ts";
import type { AuthConfig } from "../types/index.ts";

export const authConfig: Decoder<AuthConfig> = object<AuthConfig>({ username: string, password: string, identitytoken: string, serveraddress: string });
