import { between, words } from '../../kit/mappings.js';

/*
 * What services with a cache or configuration export: `cache_hit_rate`, `fallback_duration_ms`, `config_stale_seconds`, each with
 * the label `service`. Of several instances of a service the worst one counts.
 */

/** From 0 to 1. */
export const HIT_RATE = 'min by (service) (cache_hit_rate{service=~"$service"})';

/** How old the configuration is that a service works with, in seconds. */
export const STALE = 'max by (service) (config_stale_seconds{service=~"$service"})';

/** The slowest hundredth of all fallbacks within five minutes, in milliseconds; nothing when nothing fell back. */
export const FALLBACK = 'max by (service) (firebreak:fallback_duration_ms:p99_5m{service=~"$service"} >= 0)';

/** The same, 0 when nothing fell back. */
export const FALLBACK_OR_ZERO = `(${FALLBACK} or 0 * group by (service) (fallback_duration_ms_count{service=~"$service"}))`;

/** A figure of deploy/prometheus/rules/thresholds.yml, which the alerts compare with. */
export const limit = (of: string): string => `max(firebreak:threshold{of="${of}"})`;

/**
 * 0 all quiet, 1 about to fire, 2 firing, for each of the things.
 *
 * @param alerts matchers of ALERTS
 * @param by labels
 * @param things answers for each thing
 */
export function alertState(alerts: string, by: string, things: string): string {
  const having = (state: string): string => `group by (${by}) (ALERTS{${alerts}, alertstate="${state}"})`;
  return `2 * ${having('firing')} or ${having('pending')} or 0 * ${things}`;
}

/** Words for `alertState`. */
export const ALERT_STATES = [words({ 0: ['quiet', 'green'], 1: ['▲ pending', 'orange'], 2: ['✕ firing', 'red'] })];

/** What the health score of a cache means (seed D3). */
export const SCORES = [
  between(0.8, null, ['use the cache', 'green']),
  between(0.5, 0.8, ['▲ read only', 'orange']),
  between(null, 0.5, ['✕ bypass it', 'red']),
];

/** Red while the hit rate is too low, as thresholds.yml has it. */
export const HIT_LEVELS = ['red', { from: 0.85, color: 'green' }] as const;
