/** Takes one line that a person reads; a line may hold line breaks. */
export type Out = (line: string) => void;

/** Exit codes: done, the service said no, used wrongly, and nobody there to ask (the last two of sysexits.h). */
export const EXIT = { done: 0, no: 1, usage: 64, unavailable: 69 } as const;

/**
 * Carries out one command; every file of a command exports one as `run`.
 *
 * @param args what stands behind the command's name
 * @param out takes the lines that a person reads; mistakes are thrown and printed by main.ts
 * @returns the exit code
 */
export type Run = (args: readonly string[], out: Out) => Promise<number>;

/** The command line is wrong; main.ts says what, and how it is used. */
export class WrongUse extends Error {}

/** What keeps a command from being carried out, in one sentence, with the code to leave with. */
export class Stopped extends Error {
  /**
   * @param message one sentence for a person
   * @param exitCode one of `EXIT`
   */
  constructor(
    message: string,
    readonly exitCode: number = EXIT.no,
  ) {
    super(message);
  }
}
