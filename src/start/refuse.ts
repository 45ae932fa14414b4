/** Exit code of sysexits.h for "configured wrongly". */
const EX_CONFIG = 78;

/** Prints everything that is wrong and ends the process with 78; restarting would not help. */
export function refuse(what: string, problems: readonly string[]): void {
  const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`;
  const lines = [`Firebreak does not start: ${count} in the ${what}.`, ...problems.map((problem) => `  ${problem}`)];
  endWith(EX_CONFIG, lines.join('\n'));
}

/** Ends the process once its last words are out: a reader that is slower than us would otherwise get half of them. */
export function endWith(code: number, lastWords: string): void {
  process.exitCode = code;
  process.stderr.once('error', () => process.exit());
  process.stderr.write(`${lastWords}\n`, () => process.exit());
}
