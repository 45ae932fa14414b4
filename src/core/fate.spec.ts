import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fateOf, type Decided } from './fate.js';

const opened: Decided = { decision: 'opened' };
const closed: Decided = { decision: 'closed' };
const noted: Decided = { decision: 'noted' };
const unmatched: Decided = { decision: 'noted', because: 'no-runbook' };
const cooling: Decided = { decision: 'suppressed', because: 'cooldown' };
const busy: Decided = { decision: 'suppressed', because: 'target-busy' };

describe('the fate of an alert', () => {
  it.each<[decisions: Decided[], fate: object]>([
    [[opened], { fate: 'opened' }],
    [[closed], { fate: 'closed' }],
    [[noted], { fate: 'noted' }],
    [[unmatched], { fate: 'noted', because: 'no-runbook' }],
    [[cooling], { fate: 'suppressed', because: 'cooldown' }],
    [[cooling, opened], { fate: 'opened' }],
    [[closed, opened], { fate: 'opened' }],
    [[noted, closed], { fate: 'closed' }],
    [[noted, cooling, closed], { fate: 'closed' }],
    [[unmatched, cooling, busy], { fate: 'suppressed', because: 'cooldown' }],
    [[busy, cooling], { fate: 'suppressed', because: 'target-busy' }],
    [[], { fate: 'noted' }],
  ])('of %j is %j', (decisions, fate) => expect(fateOf(decisions)).toEqual(fate));

  it('I2: is exactly one, and one that was decided', () => {
    const decisions = fc.array(fc.constantFrom(opened, closed, noted, unmatched, cooling, busy), { minLength: 1 });
    fc.assert(
      fc.property(decisions, (all) => {
        const { fate, because } = fateOf(all);
        expect(all.some((one) => one.decision === fate && one.because === because)).toBe(true);
      }),
    );
  });
});
