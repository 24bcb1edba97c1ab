import type { Health } from "../../api/types/index.ts";
import { millisecondsOf } from "../../base/index.ts";
import type { StoredState } from "./record.ts";

/** docker's words for how long something lasted. */
export function humanDuration(milliseconds: number): string {
  const seconds = Math.floor(milliseconds / 1000);
  if (seconds < 1) return "Less than a second";
  if (seconds === 1) return "1 second";
  if (seconds < 60) return `${seconds} seconds`;
  const minutes = Math.floor(seconds / 60);
  if (minutes === 1) return "About a minute";
  if (minutes < 60) return `${minutes} minutes`;
  const hours = Math.round(seconds / 3600);
  if (hours === 1) return "About an hour";
  if (hours < 48) return `${hours} hours`;
  const days = Math.floor(hours / 24);
  if (hours < 24 * 7 * 2) return `${days} days`;
  if (hours < 24 * 30 * 2) return `${Math.floor(days / 7)} weeks`;
  if (hours < 24 * 365 * 2) return `${Math.floor(days / 30)} months`;
  return `${Math.floor(days / 365)} years`;
}

/** The column STATUS of `ps`: "Up 2 minutes", "Exited (0) 3 seconds ago". @param now milliseconds since the epoch */
export function statusText(state: StoredState, { isRemoving, health }: { readonly isRemoving: boolean; readonly health?: Health | undefined }, now: number): string {
  const since = (moment: string): string => humanDuration(Math.max(0, now - millisecondsOf(moment)));
  switch (state.status) {
    case "running":
      return `Up ${since(state.startedAt)}${state.isPaused ? " (Paused)" : healthText(health)}`;
    case "restarting":
      return `Restarting (${state.exitCode}) ${since(state.finishedAt)} ago`;
    case "dead":
      return "Dead";
    case "created":
      return isRemoving ? "Removal In Progress" : "Created";
    case "exited":
      return isRemoving ? "Removal In Progress" : `Exited (${state.exitCode}) ${since(state.finishedAt)} ago`;
  }
}

function healthText(health: Health | undefined): string {
  if (health === undefined) return "";
  return health.Status === "starting" ? " (health: starting)" : ` (${health.Status})`;
}
