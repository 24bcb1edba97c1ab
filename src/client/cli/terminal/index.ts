export { processStdio } from "./stdio.ts";
export { DescriptorWriter } from "./write-all.ts";
