/** Gives what a call was refused with, or what it gave when it was not. */
export function failure(made: Promise<unknown>): Promise<unknown> {
  return made.catch((error: unknown) => error);
}
