import type { ApiVersion } from "../../../api/operations/index.ts";
import type { ContainerConfig, ImageInspect } from "../../../api/types/index.ts";
import { OlderShape } from "./older-shape.ts";

/** Up to 1.49 every image's configuration had all fields of a container's. */
const emptyConfig: ContainerConfig = {
  Hostname: "", Domainname: "", User: "", AttachStdin: false, AttachStdout: false, AttachStderr: false, Tty: false, OpenStdin: false,
  StdinOnce: false, Env: null, Cmd: null, Image: "", Volumes: null, WorkingDir: "", Entrypoint: null, OnBuild: null, Labels: null,
};

/** An image as a version has it: before 1.50 a full configuration, before 1.48 no descriptor, before 1.44 a virtual size and always a date. */
export function imageInspectReply(image: ImageInspect, version: ApiVersion): ImageInspect | OlderShape {
  const whole = { ...image, Parent: image.Parent ?? "", DockerVersion: image.DockerVersion ?? "" };
  if (version >= 50) return whole;
  const { Descriptor, Manifests, ...older } = { ...whole, Config: { ...emptyConfig, ...image.Config } };
  if (version >= 48) return { ...older, ...(Descriptor === undefined ? {} : { Descriptor }), ...(Manifests === undefined ? {} : { Manifests }) };
  if (version >= 44) return new OlderShape(older);
  const Created = image.Created === undefined || image.Created === "" ? "0001-01-01T00:00:00Z" : image.Created;
  return new OlderShape({ ...older, Created, VirtualSize: image.Size });
}
