/** Exit code of sysexits.h for "configured wrongly". */
const EX_CONFIG = 78;

/** Prints everything that is wrong and ends the process with 78; restarting would not help. */
export function refuse(what: string, problems: readonly string[]): void {
  const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`;
  console.error(`Firebreak does not start: ${count} in the ${what}.`);
  for (const problem of problems) console.error(`  ${problem}`);
  process.exitCode = EX_CONFIG;
  process.exit();
}
