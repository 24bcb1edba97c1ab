export {
  createNetworkNamespace,
  insideNetworkNamespace,
  isNetworkNamespace,
  openNetworkNamespace,
  removeNetworkNamespace,
  writeNetworkSetting,
} from "./namespace.ts";
