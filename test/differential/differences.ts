/**
 * Where wharf's engine says something else than Debian's dockerd 20.10, on purpose. What dockerd printed is rewritten
 * before it is compared, step by step as runScript tells it; one that rewrites nothing any more fails the test.
 */
export interface Difference {
  readonly why: string;
  readonly from: RegExp;
  readonly to: string;
}

export const differences: readonly Difference[] = [
  { why: "moby 28 looks from inside the container", from: /\blstat \S+\/merged(\/\S*: not a directory)/g, to: "lstat $1" },
  { why: "moby 28 says it as it was written", from: /: run is not a valid change command/g, to: ": RUN is not a valid change command" },
  { why: "moby 28 writes them small", from: /\bInvalid filter '/g, to: "invalid filter '" },
  { why: "moby 28 writes it small", from: /: Unable to find group /g, to: ": unable to find group " },
  { why: "moby 28 writes it small", from: /: Container (<id>) is not running/g, to: ": container $1 is not running" },
  { why: "moby 28 writes it small", from: /Cannot kill container: /g, to: "cannot kill container: " },
  {
    why: "moby 28's words",
    from: /You cannot remove a running container <id>\. Stop the container before attempting removal or force remove/g,
    to: "cannot remove container \"/box\": container is running: stop the container before removing or force remove",
  },
  {
    why: "moby 28's words",
    from: /You cannot remove a paused container <id>\. Unpause and then stop the container before attempting removal or force remove/g,
    to: "cannot remove container \"/box\": container is paused: unpause the container before removing or force remove",
  },
  { why: "moby 28 says it once", from: /no such image: \w+: No such image/g, to: "No such image" },
  { why: "moby 28 adds where it failed", from: /daemon: (failed to create shim task|failed to initialize logging driver)/g, to: "daemon: failed to create task for container: $1" },
  { why: "moby 28 lists what there is", from: /invalid restart policy 'sometimes'/g, to: "invalid restart policy: unknown policy 'sometimes'; use one of 'no', 'always', 'on-failure', or 'unless-stopped'" },
  { why: "moby 28 keeps the name of the network that is meant", from: /^\[\] null default$/gm, to: "[] null bridge" },
  { why: "moby 28 tells the tag that it looked for", from: /(?<=^save nosuch\n.*)No such image: nosuch$/gms, to: "No such image: nosuch:latest" },
  { why: "moby 28 tells what is not found from what cannot be run", from: /(?<=^exec box nosuchprogram\n.*)exit code 126$/gms, to: "exit code 127" },
  { why: "moby 28's words", from: /container cannot be disconnected from host network or connected to host network/g, to: "cannot connect container to host network - container must be created in host network mode" },
  { why: "moby 28 says whose request it was", from: /: Pool overlaps with other one/g, to: ": invalid pool request: Pool overlaps with other one" },
  {
    why: "moby 28's words", from: /Invalid address ([\w.]+): It does not belong to any of this network's subnets/g,
    to: "invalid endpoint settings:\nno configured subnet contains IP address $1",
  },
  { why: "moby 28 tells who is on it", from: /network front id <id> has active endpoints/g, to: "network front has active endpoints (name:\"box\" id:\"<short id>\")" },
  { why: "refused before the reply has begun, so it is an error of the request", from: /^Error processing tar file/gm, to: "Error response from daemon: Error processing tar file" },
  { why: "the archive is read in the engine's own process, which says what is wrong", from: /Error processing tar file\(exit status 1\): unexpected EOF/g, to: "the archive is damaged: it ends in the middle" },
];
