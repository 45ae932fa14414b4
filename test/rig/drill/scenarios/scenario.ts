import type { DrillRig, Side } from '../rig.js';

/** The names by which scenarios are chosen. */
export const SCENARIOS = ['planned', 'killed', 'cut'] as const;

/** The name of a scenario. */
export type ScenarioName = (typeof SCENARIOS)[number];

/** What happens to the serving centre, and how it comes back. */
export interface Scenario {
  readonly name: ScenarioName;
  /** In words, for whoever reads the figures. */
  readonly title: string;
  /** True when the old primary can be told to stop taking writes, so that both must never be open at the same time. */
  readonly reachable: boolean;
  /** Makes it happen; what follows is Firebreak's. */
  readonly fault: (rig: DrillRig, from: Side, to: Side) => Promise<void>;
  /** Brings back what the fault took away: nothing but the machine, the process or the network. */
  readonly comesBack: (rig: DrillRig, from: Side) => Promise<void>;
}
