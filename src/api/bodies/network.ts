import { array, boolean, nullable, object, optional, record, string, type Decoder } from "../decode/index.ts";
import type { Ipam, IpamConfig, NetworkConnectBody, NetworkCreateBody, NetworkDisconnectBody } from "../types/index.ts";
import { endpointSettings } from "./container-create.ts";

const texts = nullable(record(string));
/** An empty text says the same as none. */
const filled: Decoder<string | undefined> = (value, path) => string(value, path) || undefined;

const ipamConfig: Decoder<IpamConfig> = object<IpamConfig>({
  Subnet: filled,
  IPRange: filled,
  Gateway: filled,
  AuxiliaryAddresses: optional(record(string)),
});

export const networkCreateBody: Decoder<NetworkCreateBody> = object<NetworkCreateBody>({
  Name: string,
  CheckDuplicate: optional(boolean),
  Driver: string,
  Scope: string,
  EnableIPv4: optional(boolean),
  EnableIPv6: optional(boolean),
  Internal: boolean,
  Attachable: boolean,
  Ingress: boolean,
  ConfigOnly: boolean,
  ConfigFrom: optional(object<{ readonly Network: string }>({ Network: string })),
  IPAM: optional(object<Ipam>({ Driver: string, Options: texts, Config: nullable(array(ipamConfig)) })),
  Options: texts,
  Labels: texts,
});

export const networkConnectBody: Decoder<NetworkConnectBody> = object<NetworkConnectBody>({
  Container: string,
  EndpointConfig: optional(endpointSettings),
});

export const networkDisconnectBody: Decoder<NetworkDisconnectBody> = object<NetworkDisconnectBody>({
  Container: string,
  Force: boolean,
});
