import type { ContainerConfig, ImageConfig, ImageHistoryItem, ImageInspect, Platform } from "../../api/types/index.ts";
import { EngineError, parseImageReference, familiarReference } from "../../base/index.ts";
import type { Snapshotter } from "../store/index.ts";
import type { CatalogEntry, ImageCatalog } from "./catalog.ts";
import { manifestSummary, platformOf } from "./manifest-summary.ts";

interface InspectParts {
  readonly catalog: ImageCatalog;
  readonly snapshotter: Snapshotter;
}

export function inspectImage(entry: CatalogEntry, withManifests: boolean, { catalog, snapshotter }: InspectParts): ImageInspect {
  const { document, record } = entry;
  const names = catalog.namesOf(entry.id).map(parseImageReference);
  return {
    Id: entry.id,
    RepoTags: names.filter(({ tag }) => tag !== undefined).map(familiarReference),
    RepoDigests: names.filter(({ digest }) => digest !== undefined).map(familiarReference),
    Comment: document.comment === "" ? (document.history.at(-1)?.comment ?? "") : document.comment,
    ...(document.created === undefined ? {} : { Created: document.created }),
    DockerVersion: document.dockerVersion,
    Author: document.author,
    Config: givenConfig(entry.config),
    ...platformFields(entry),
    Size: entry.size,
    GraphDriver: { Name: snapshotter.name, Data: graphData(entry, snapshotter) },
    RootFS: { Type: "layers", ...(document.diffIds.length === 0 ? {} : { Layers: document.diffIds }) },
    Metadata: { LastTagTime: record.tagged === undefined ? "0001-01-01T00:00:00Z" : new Date(record.tagged).toISOString() },
    Descriptor: { ...entry.manifest, platform: platformOf(entry) },
    ...(withManifests ? { Manifests: [manifestSummary(entry)] } : {}),
  };
}

function platformFields({ document }: CatalogEntry): Pick<ImageInspect, "Architecture" | "Variant" | "Os"> {
  const { architecture, os, variant } = document;
  return { Architecture: architecture, ...(variant === undefined ? {} : { Variant: variant }), Os: os };
}

function graphData({ chain }: CatalogEntry, snapshotter: Snapshotter): Record<string, string> {
  const [upper, ...lower] = chain === undefined ? [] : snapshotter.folders(chain);
  return { ...(lower.length === 0 ? {} : { LowerDir: lower.join(":") }), ...(upper === undefined ? {} : { UpperDir: upper }) };
}

const travelling: ReadonlySet<string> = new Set<keyof ContainerConfig>([
  "User", "ExposedPorts", "Env", "Entrypoint", "Cmd", "Volumes", "WorkingDir", "Labels", "StopSignal", "ArgsEscaped", "Healthcheck",
  "OnBuild", "Shell",
]);

/** What travels with an image and was given in it. */
export function givenConfig(config: ContainerConfig): ImageConfig {
  const isGiven = (value: unknown): boolean => {
    if (value === null || value === undefined || value === "") return false;
    return typeof value !== "object" || Object.keys(value).length > 0;
  };
  return Object.fromEntries(Object.entries(config).filter(([name, value]) => travelling.has(name) && isGiven(value)));
}

/** The steps that made an image, newest first; only the newest knows an image's id and names. */
export function imageHistory(entry: CatalogEntry, { catalog, snapshotter }: InspectParts): ImageHistoryItem[] {
  const layers = entry.chains.values();
  const steps = entry.document.history.map((step) => {
    const chain = step.empty_layer ? undefined : layers.next().value;
    return {
      Id: "<missing>",
      Created: step.created === undefined ? 0 : Math.floor((Date.parse(step.created) || 0) / 1000),
      CreatedBy: step.created_by,
      Tags: null,
      Size: chain === undefined ? 0 : snapshotter.layer(chain).size,
      Comment: step.comment,
    };
  });
  const tags = catalog.namesOf(entry.id).map(parseImageReference).filter(({ tag }) => tag !== undefined).map(familiarReference);
  return steps.reverse().map((step, i) => (i === 0 ? { ...step, Id: entry.id, Tags: tags.length === 0 ? null : tags } : step));
}

/** @throws EngineError `not-found` where the image is there, for another platform */
export function checkPlatform(entry: CatalogEntry, reference: string, wanted: Platform | undefined): void {
  if (wanted === undefined) return;
  const { os, architecture, variant } = entry.document;
  const isRight = wanted.os === os && wanted.architecture === architecture && (wanted.variant === undefined || wanted.variant === (variant ?? wanted.variant));
  if (isRight) return;
  const platform = [wanted.os, wanted.architecture, wanted.variant].filter((part) => part !== undefined && part !== "").join("/");
  throw new EngineError("not-found", `image with reference ${reference} was found but does not provide the specified platform (${platform})`);
}
