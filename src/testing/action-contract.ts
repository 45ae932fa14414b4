import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Stage, ContractSubject } from './action-contract-world.js';
import { clauses, stageFor, violationOf } from './contract.js';

export type { ActionWorld, ContractSubject } from './action-contract-world.js';
export { contractViolations, withVariant, type Violation } from './contract.js';

/**
 * Lets an action go through the contract of all actions against a real target. For use in a vitest spec.
 *
 * @param name what it is called in the report
 * @param subject the action and the world in which it acts; the world is started once and reset for each clause
 */
export function describeActionContract(name: string, subject: ContractSubject): void {
  describe(`${name} keeps the contract of actions`, () => {
    let stage: Stage;
    beforeAll(async () => {
      stage = await stageFor(subject);
    });
    afterAll(() => stage?.world.close());

    it.each(clauses)('$name', async (clause) => {
      expect(await violationOf(clause, stage)).toBeUndefined();
    });
  });
}
