/** Where wharf differs on purpose from docker's command line on Debian's dockerd 20.10, and why. A test fails when one is no longer there. */
export interface Difference {
  readonly script: string;
  /** Only these combinations; absent: all. */
  readonly combinations?: readonly string[];
  readonly why: string;
}

export const differences: readonly Difference[] = [];
