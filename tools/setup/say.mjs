/** Prints one line of the set-up, so that it can be told from the output of what it calls. */
export function say(line) {
  process.stdout.write(`set-up: ${line}\n`);
}

/** The set-up cannot go on: carries what a person should read and the exit code to leave with. */
export class SetupError extends Error {
  constructor(message, exitCode = 1) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** The exit code for "something this machine lacks and the set-up may not install" (EX_UNAVAILABLE of sysexits.h). */
export const UNAVAILABLE = 69;
