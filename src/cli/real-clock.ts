import type { Clock } from '../core/clock.js';

/** The time of this machine, which no step of its clock moves while a command runs. */
export const REAL_CLOCK: Clock = {
  now: () => Math.round(performance.timeOrigin + performance.now()),
  after: (ms, run) => {
    const timer = setTimeout(run, Math.max(0, ms));
    return () => clearTimeout(timer);
  },
};
