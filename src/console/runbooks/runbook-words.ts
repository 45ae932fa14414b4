import { sayDuration } from '../../core/duration.js';
import type { Lowered } from '../../core/execution.js';
import type { Mode, Runbook, VerifySpec } from '../../core/runbook.js';
import type { Scorecard } from '../../engine/governance.js';

/** What a mode means. */
export const MODE_WORDS: { readonly [mode in Mode]: string } = {
  observe: 'It changes nothing, and writes down what it would have done.',
  approve: 'It makes a plan and waits for people to agree to it.',
  auto: 'It acts by itself.',
};

const LOST: { readonly [why in Lowered['why']]: string } = {
  'not-verified': 'its changes did not help several times in a row',
  harmful: 'a change of it made something worse',
  recurring: 'one alert kept coming back',
  asks: 'a plan asked for a person',
};

/** Says how far a runbook is trusted when that is less than its file says, or nothing. */
export function lostTrust({ mode }: Runbook, { trust }: Scorecard): string {
  if (trust === undefined) return '';
  const goes = trust.to === 'observe' ? 'It may only observe' : 'It must ask people first';
  return `${goes}, although its file says ${mode}: ${LOST[trust.why]}.`;
}

/** Says how the result is judged, and what becomes of it then, one sentence each. */
export function afterWords(runbook: Runbook): string[] {
  const { steps, verify, onUnhealthy, onResolved, clearForMs, leaseMs, leaseMaxMs, escalate } = runbook;
  const staged = steps.filter((step) => step.verify !== undefined).map(({ name }) => name);
  const most = leaseMaxMs === undefined ? '' : `, extended to ${sayDuration(leaseMaxMs)} at most while the alert fires`;
  return [
    ...(staged.length === 0 ? [] : [`After ${staged.join(', ')} it goes on only when that has proved healthy.`]),
    ...(verify === undefined ? ['The result is not judged.'] : [judgedWords(verify)]),
    ...(verify === undefined && staged.length === 0
      ? []
      : [onUnhealthy === 'revert' ? 'What does not help is taken back.' : 'What does not help is held for a person.']),
    ...(leaseMs === undefined ? [] : [`Taken back after ${sayDuration(leaseMs)} at the latest${most}.`]),
    ...(onResolved === 'revert' ? [`Taken back when the alert has stayed away for ${sayDuration(clearForMs)}.`] : []),
    ...(escalate === undefined ? [] : [`When it does not help, ${escalate} is opened.`]),
  ];
}

function judgedWords({ probe, limits, guards }: VerifySpec): string {
  const { everyMs, withinMs, healthy } = limits;
  const beside =
    guards.length === 0 ? '' : `; ${guards.map(({ name }) => name).join(', ')} must not get worse meanwhile`;
  return `Judged by ${probe} every ${sayDuration(everyMs)}: ${healthy} healthy in a row within ${sayDuration(withinMs)} prove it${beside}.`;
}

/** Says the figures of a runbook from its first day in one sentence. */
export function scoreWords({ counts, medianRecoveryMs, failuresInARow }: Scorecard): string {
  if (counts.fired === 0) return 'Not opened so far.';
  const figures = [
    [counts.verified, 'proved to help'],
    [counts.notVerified, 'did not help'],
    [counts.harmful, 'did harm'],
    [counts.unverifiable, 'could not be judged'],
    [counts.reverted, 'were taken back'],
    [counts.failed, 'failed'],
    [counts.held, 'were held for a person'],
    [counts.observed, 'only observed'],
    [counts.clearedByItself, 'would not have been needed'],
  ] as const;
  const said = figures.filter(([count]) => count > 0).map(([count, what]) => `${count} ${what}`);
  const opened = counts.fired === 1 ? 'Opened once' : `Opened ${counts.fired} times`;
  const recovery =
    medianRecoveryMs === undefined
      ? ''
      : `; typically well again ${sayDuration(medianRecoveryMs)} after the alert began`;
  const row = failuresInARow < 2 ? '' : `; the last ${failuresInARow} did not help`;
  return `${opened}${said.length === 0 ? '' : `: ${said.join(', ')}`}${recovery}${row}.`;
}
