import { CommandFailure, textFlag, type Command } from "../command/index.ts";
import { checkContextName } from "../context-store/index.ts";
import { Contexts } from "./contexts.ts";
import { endpointDetails, endpointFlag, parseEndpoint } from "./endpoint-option.ts";

export const createCommand: Command = {
  usage: "[OPTIONS] CONTEXT",
  arity: { least: 1, most: 1 },
  details: endpointDetails,
  flags: [
    textFlag("description", "Description of the context"),
    endpointFlag,
    textFlag("from", "Create context from a named context"),
  ],
  async run({ io, settings }, { flags, args }) {
    const [name = ""] = args;
    const contexts = new Contexts(settings);
    const from = flags.text("from");
    const description = flags.text("description");
    if (from !== "" && flags.isGiven("docker")) throw new CommandFailure(1, "cannot use --docker flag when --from is set");
    checkContextName(name);
    if (contexts.store.has(name)) throw new CommandFailure(1, `context ${JSON.stringify(name)} already exists`);
    const given = description === "" ? {} : { Description: description };
    if (flags.isGiven("docker")) {
      const { endpoint, tls } = parseEndpoint(flags.list("docker"), contexts);
      contexts.store.write({ Name: name, Metadata: given, Endpoints: { docker: endpoint } }, tls);
    } else {
      const { context, tls } = contexts.copy(from || contexts.current, name);
      contexts.store.write({ ...context, Metadata: { ...context.Metadata, ...given } }, tls);
    }
    await io.out.write(`${name}\n`);
    await io.err.write(`Successfully created context ${JSON.stringify(name)}\n`);
    return 0;
  },
};
