import { between, UNTOLD, untold, words } from '../../kit/mappings.js';

/*
 * What is asked about centres. Every process of Firebreak says the same of the topology, and asks standing probes by itself: of
 * several answers the worst one counts.
 */

/** 1 for each centre of the topology. */
const CENTERS = 'max by (center) (firebreak_center_info{job="$job"})';

/** A figure for each centre, `UNTOLD` where nobody measures it, so that a picture has something to show for each. */
const orUntold = (expr: string): string => `${expr} or ${CENTERS} - ${1 - UNTOLD}`;

/** 0 out of service, 1 in service without traffic as far as it is known, 2 with it. */
export const STANDING =
  'max by (center) (firebreak_center_in_service{job="$job"}) + max by (center) (firebreak_center_carries{job="$job"})';

/** From 0, down, to 1, well, as all vantage points say. */
export const HEALTH = orUntold('min by (center) (firebreak_probe_value{job="$job", value="health"})');

/** How long the slowest of those who look at it waits, in seconds. */
export const ANSWERS = orUntold(
  'max by (center) (firebreak_probe_value{job="$job", value=~"seconds_.+"} or probe_duration_seconds{center!=""})',
);

/** How far its data are behind, in seconds. */
export const LAG = orUntold('max by (center) (firebreak_probe_value{job="$job", value=~"lag|lagSeconds"})');

/** 1 when it can take over; a readiness probe is known by the figures that only such a probe gives. */
export const READY = orUntold(
  'min by (center) (firebreak_probe_status{job="$job", status="healthy"} and on (instance, probe, center) ' +
    'firebreak_probe_value{job="$job", value=~"headroom|lag|missing_policies|drill_age_seconds"})',
);

/** Words for `STANDING`. */
export const STANDINGS = [
  words({ 0: ['✕ out of service', 'dark-red'], 1: ['○ stands by', 'dark-blue'], 2: ['● serves', 'dark-green'] }),
];

/** Words for `HEALTH`. */
export const HEALTHS = [
  untold('not measured'),
  words({ 0: ['✕ down', 'red'], 1: ['well', 'green'] }),
  between(0, 1, ['▲ degraded', 'orange']),
];

/** Words for `READY`. */
export const READINESS = [untold('not measured'), words({ 0: ['✕ not ready', 'red'], 1: ['ready', 'green'] })];
