import { textFlag, type Command } from "../command/index.ts";
import { checkContextName } from "../context-store/index.ts";
import { Contexts } from "./contexts.ts";
import { endpointDetails, endpointFlag, parseEndpoint } from "./endpoint-option.ts";

export const updateCommand: Command = {
  usage: "[OPTIONS] CONTEXT",
  arity: { least: 1, most: 1 },
  details: endpointDetails,
  flags: [textFlag("description", "Description of the context"), endpointFlag],
  async run({ io, settings }, { flags, args }) {
    const [name = ""] = args;
    const contexts = new Contexts(settings);
    checkContextName(name);
    const before = contexts.store.read(name);
    const description = flags.text("description");
    const changed = description === "" ? before : { ...before, Metadata: { ...before.Metadata, Description: description } };
    if (flags.isGiven("docker")) {
      const { endpoint, tls } = parseEndpoint(flags.list("docker"), contexts);
      contexts.store.write({ ...changed, Endpoints: { ...changed.Endpoints, docker: endpoint } }, tls);
    } else {
      contexts.store.write(changed);
    }
    await io.out.write(`${name}\n`);
    await io.err.write(`Successfully updated context ${JSON.stringify(name)}\n`);
    return 0;
  },
};
