export { logIn } from "./log-in.ts";
