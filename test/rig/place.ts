/** Where a server of the rig runs: its address, and what its commands are started through, such as a network namespace. */
export interface Place {
  readonly host: string;
  /** Program and arguments that come before each command; empty for this machine's own network. */
  readonly through: readonly string[];
}

/** This machine's own network. */
export const HERE: Place = { host: '127.0.0.1', through: [] };
