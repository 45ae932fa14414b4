import { describe, expect, it } from 'vitest';
import { everywhere } from '../../access/role-grant.js';
import type { Person } from '../../access/person.js';
import type { Execution } from '../../core/execution.js';
import { STORIES } from '../../testing/course-stories.js';
import { Happening, opened, play, T0, twoSteps } from '../../testing/courses.js';
import { mayAgree } from './may-agree.js';

const somebody = (name: string, ...roles: string[]): Person => {
  return { name, account: `token:${name}`, grants: everywhere(roles) };
};

interface Circumstances {
  readonly own?: boolean;
  readonly lapsed?: readonly string[];
  readonly now?: number;
}

function asked(
  execution: Execution,
  person: Person,
  { own = false, lapsed = [], now = T0 + 400_000 }: Circumstances = {},
) {
  const { state } = execution;
  if (state.phase !== 'awaiting-approval') throw new Error(`it is ${state.phase}`);
  return mayAgree(person, execution, state, { own, lapsed, now });
}

function storyOf(name: string): Execution {
  const story = STORIES[name];
  if (story === undefined) throw new Error(`there is no story ${name}`);
  return play(story).execution;
}

describe('whether somebody can agree', () => {
  const bob = somebody('bob', 'approver');

  it('an approver can, who has not yet', () => {
    expect(asked(storyOf('waiting'), bob)).toEqual({ can: true, note: '' });
    expect(asked(storyOf('one-of-two'), bob)).toEqual({ can: true, note: '' });
  });

  it.each<[string, Execution, Person, Circumstances, RegExp]>([
    ['lacks the role', storyOf('waiting'), somebody('vic', 'viewer'), {}, /needs one of the roles approver, admin/],
    [
      'has it elsewhere only',
      storyOf('waiting'),
      { ...bob, grants: [{ role: 'approver', runbooks: ['*'], targets: ['cache/*'] }] },
      {},
      /for cut-over on traffic\/waiting/,
    ],
    ['S15: asked for it', storyOf('by-hand'), somebody('local', 'approver'), {}, /You asked for this yourself/],
    ['S15: asked for it by another account', storyOf('waiting'), bob, { own: true }, /You asked for this yourself/],
    ['has agreed already', storyOf('one-of-two'), somebody('ann', 'approver'), {}, /agreed to this plan already/],
    ['comes when enough have', storyOf('agreed'), bob, {}, /Enough people have agreed/],
    ['comes too late', storyOf('waiting'), bob, { now: T0 + 4_000_000 }, /time for approval is over/],
  ])('not who %s', (_why, execution, person, circumstances, words) => {
    const agreeing = asked(execution, person, circumstances);
    expect(agreeing).toEqual({ can: false, why: expect.stringMatching(words) });
  });

  it('who holds none of the named roles is told that it would not count', () => {
    const orders = twoSteps({ approval: { required: 1, roles: ['sre', 'sre'], withinMs: 3_600_000 } });
    const { execution } = play(new Happening(opened('roles', { orders })).planned(2).course);
    expect(asked(execution, bob)).toEqual({ can: true, note: expect.stringContaining('none of the roles sre here') });
    expect(asked(execution, somebody('eve', 'approver', 'sre'))).toEqual({ can: true, note: '' });
  });
});
