import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { quorum, type ApprovalNeed, type Vote } from './quorum.js';

const votes = (...texts: string[]): Vote[] =>
  texts.map((text) => {
    const [person = '', ...roles] = text.split(' ');
    return { person, roles };
  });
const need = (required: number, ...roles: string[]): ApprovalNeed => ({ required, roles });

describe('quorum', () => {
  it.each<[need: ApprovalNeed, votes: Vote[]]>([
    [need(0), []],
    [need(1), votes('ann')],
    [need(2), votes('ann', 'bob operator')],
    [need(1, 'sre'), votes('ann sre')],
    [need(1, 'sre'), votes('bob operator', 'ann sre')],
    [need(0, 'sre'), votes('ann sre')],
    [need(1, 'sre', 'dba'), votes('ann sre', 'bob dba')],
    // ann came first and could do both; only she can do dba
    [need(2, 'sre', 'dba'), votes('ann sre dba', 'bob sre')],
    [need(2, 'sre', 'dba'), votes('bob sre', 'ann sre dba')],
    // two have to hand their role on
    [need(3, 'a', 'b', 'c'), votes('ann a b', 'bob b c', 'cid a')],
    [need(3, 'a', 'b', 'c'), votes('ann a b c', 'bob a b', 'cid a')],
    [need(2, 'sre', 'sre'), votes('ann sre', 'bob sre')],
    [need(3, 'sre', 'dba'), votes('ann sre', 'bob dba', 'cid dba')],
    // what was voted in one role and then in another is one person with both
    [need(2, 'sre', 'dba'), votes('ann sre', 'ann dba', 'bob sre')],
    [need(1, 'admin'), votes('ann admin')],
    [need(2, '__proto__', 'toString'), votes('ann __proto__', 'bob toString')],
  ])('%j: enough are %j', (rule, given) => expect(quorum(rule, given)).toEqual({ enough: true }));

  it.each<[need: ApprovalNeed, votes: Vote[], missing: string]>([
    [need(1), [], '0 of 1 approvals'],
    [need(2), votes('ann'), '1 of 2 approvals'],
    [need(2), votes('ann', 'ann sre'), '1 of 2 approvals'],
    [need(3), votes('ann', 'bob'), '2 of 3 approvals'],
    [need(1, 'sre'), [], '0 of 1 approvals; still needed: sre'],
    [need(1, 'sre'), votes('bob operator'), '0 of 1 approvals; still needed: sre'],
    [need(2, 'sre', 'dba'), votes('bob dba'), '1 of 2 approvals; still needed: sre'],
    [need(2, 'sre', 'dba'), votes('ann sre dba'), '1 of 2 approvals; still needed: dba'],
    [need(1, 'sre', 'dba'), votes('ann sre dba'), '1 of 2 approvals; still needed: dba'],
    // the second of two alike does not bring it nearer
    [need(2, 'sre', 'dba'), votes('ann sre', 'bob sre'), '1 of 2 approvals; still needed: dba'],
    [need(2, 'sre', 'dba'), votes('ann sre', 'bob sre', 'cid sre'), '1 of 2 approvals; still needed: dba'],
    [need(3, 'sre'), votes('ann sre', 'bob sre', 'cid operator'), '2 of 3 approvals'],
    [need(3, 'sre', 'dba'), votes('ann sre'), '1 of 3 approvals; still needed: dba'],
    [need(2, 'sre', 'sre'), votes('ann sre', 'ann sre'), '1 of 2 approvals; still needed: sre'],
    [need(2, 'a', 'b', 'c'), votes('ann a', 'bob a', 'cid b c'), '2 of 3 approvals; still needed: c'],
    // an admin has the listed roles and no more
    [need(1, 'sre'), votes('ann admin'), '0 of 1 approvals; still needed: sre'],
    [need(1, 'toString'), votes('ann sre'), '0 of 1 approvals; still needed: toString'],
  ])('%j: not enough are %j', (rule, given, missing) =>
    expect(quorum(rule, given)).toEqual({ enough: false, missing }),
  );
});

/** Tries every way to give the roles to different persons. */
function canFill(roles: readonly string[], people: readonly (readonly [string, readonly string[]])[]): boolean {
  const [role, ...others] = roles;
  if (role === undefined) return true;
  return people.some(([person, held]) => {
    const left = people.filter(([other]) => other !== person);
    return held.includes(role) && canFill(others, left);
  });
}

function bruteForce({ required, roles }: ApprovalNeed, given: readonly Vote[]): boolean {
  const people = [...new Set(given.map(({ person }) => person))]
    .map((person) => [person, given.filter((vote) => vote.person === person).flatMap((vote) => vote.roles)] as const)
    .filter(([, held]) => roles.length === 0 || held.some((role) => roles.includes(role)));
  return people.length >= required && people.length >= roles.length && canFill(roles, people);
}

describe('for all votes, quorum', () => {
  const role = fc.constantFrom('a', 'b', 'c', 'd', 'admin');
  const rule = fc.record({ required: fc.integer({ min: 0, max: 5 }), roles: fc.array(role, { maxLength: 5 }) });
  const vote = fc.record({
    person: fc.constantFrom('ann', 'bob', 'cid', 'dan', 'eve', 'fay'),
    roles: fc.array(role, { maxLength: 3 }),
  });
  const some = fc.array(vote, { maxLength: 8 });
  const runs = { numRuns: 3_000 };

  it('is what trying everything finds', () => {
    const property = fc.property(rule, some, (need, given) => {
      expect(quorum(need, given).enough).toBe(bruteForce(need, given));
    });
    fc.assert(property, runs);
  });

  it('never becomes insufficient by a further vote', () => {
    const property = fc.property(rule, some, vote, fc.nat(), (need, given, further, place) => {
      if (!quorum(need, given).enough) return;
      expect(quorum(need, given.toSpliced(place % (given.length + 1), 0, further)).enough).toBe(true);
    });
    fc.assert(property, runs);
  });

  it('is never enough with fewer persons than needed, nor with fewer than there are roles', () => {
    const property = fc.property(rule, some, (need, given) => {
      const persons = new Set(given.map(({ person }) => person)).size;
      if (persons < Math.max(need.required, need.roles.length)) expect(quorum(need, given).enough).toBe(false);
    });
    fc.assert(property, runs);
  });

  it('says truly how many further people it takes, and which', () => {
    const property = fc.property(rule, some, (need, given) => {
      const answer = quorum(need, given);
      if (answer.enough) return;
      const [, count, wanted, roles] = /^(\d+) of (\d+) approvals(?:; still needed: (.+))?$/.exec(answer.missing) ?? [];
      const open = roles === undefined ? [] : roles.split(', ');
      const lacking = Number(wanted) - Number(count);
      expect(lacking).toBeGreaterThan(0);
      expect(Number(count)).toBeGreaterThanOrEqual(0);
      const further = Array.from({ length: lacking }, (_, i) => ({
        person: `new ${i}`,
        roles: [open[i] ?? need.roles[0] ?? 'anything'],
      }));
      expect(quorum(need, [...given, ...further]).enough).toBe(true);
      expect(quorum(need, [...given, ...further.slice(1)]).enough).toBe(false);
    });
    fc.assert(property, runs);
  });
});
