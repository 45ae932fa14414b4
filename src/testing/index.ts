/** What plugin authors and their tests import beside the SDK. */
export { contractViolations, describeActionContract, withVariant } from './action-contract.js';
export type { ActionWorld, ContractSubject } from './action-contract.js';
export { FakeClock } from './fake-clock.js';
export { PretendTarget } from './pretend-target.js';
export { World, world } from './world.js';
