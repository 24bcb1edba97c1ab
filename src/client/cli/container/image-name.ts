import { EngineError, parseDigest, parseImageReference } from "../../../base/index.ts";
import { splitReference } from "../command/index.ts";

/**
 * Checks an image's name before the engine is asked. Ids and digests are no names, but images all the same.
 * @throws EngineError `invalid-argument`, docker's texts
 */
export function checkImageName(image: string): void {
  if (/^(?:sha256:)?[0-9a-f]{64}$/.test(image)) return;
  try {
    parseImageReference(image.includes("@") ? image.replace(/@.*$/, (digest) => `@${parseDigest(digest.slice(1))}`) : image);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const isCase = reason.includes("must be lowercase");
    const { repository } = splitReference(image);
    const name = repository.includes("/") ? repository : `library/${repository}`;
    throw new EngineError("invalid-argument", isCase ? `invalid reference format: repository name (${name}) must be lowercase` : "invalid reference format", { cause });
  }
}
