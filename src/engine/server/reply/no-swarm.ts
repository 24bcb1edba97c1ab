import { EngineError } from "../../../base/index.ts";

/** What a node of no swarm says to what only a swarm can do; the engine is never part of one. */
export function noSwarm(): EngineError {
  return new EngineError("unavailable", 'This node is not a swarm manager. Use "docker swarm init" or "docker swarm join" to connect this node to swarm and try again.');
}
