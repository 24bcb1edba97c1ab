import { startEngine, type EngineStart } from "./start-engine.ts";

/** Starts the engine of the default socket, and gives it a first image where its store is empty. */
export async function startDefaultEngine(start: EngineStart): Promise<void> {
  await startEngine(start);
  const { addFirstImage } = await import("./first-image.ts");
  await addFirstImage(start.host, start.io);
}
