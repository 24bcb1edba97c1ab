export {
  createNetworkNamespace,
  insideNetworkNamespace,
  isNetworkNamespace,
  openOwnNamespace,
  removeNetworkNamespace,
  writeNetworkSetting,
} from "./namespace.ts";
