import { action, TIME_RANGE } from '../../kit/actions.js';
import type { Row } from '../../kit/board.js';
import { joinedTable } from '../../kit/joined-table.js';
import { consoleLink } from '../../kit/links.js';
import { rows } from '../../kit/queries.js';
import { ALERT_STATES, alertState, FALLBACK, HIT_LEVELS, HIT_RATE, STALE } from './figures.js';

const SERVICES =
  'group by (service) (cache_hit_rate{service=~"$service"} or config_stale_seconds{service=~"$service"} or fallback_duration_ms_count{service=~"$service"})';

const evict = action({
  title: 'Evict stale cache',
  confirmation: 'Start evict-stale-cache for ${__data.fields.service}?',
  path: '/runbooks/evict-stale-cache/executions',
  query: { 'label.service': '${__data.fields.service}', ...TIME_RANGE },
  color: 'orange',
  asksReason: true,
});

const degrade = action({
  title: 'Turn it off',
  confirmation: 'Start degrade-feature for ${__data.fields.feature} of ${__data.fields.service}?',
  path: '/runbooks/degrade-feature/executions',
  query: {
    'label.service': '${__data.fields.service}',
    'label.feature': '${__data.fields.feature}',
    ...TIME_RANGE,
  },
  color: 'orange',
  asksReason: true,
});

const caches = joinedTable({
  title: 'Services',
  description:
    'What each service says of its cache and configuration, red beyond the limits that the alerts have, and what the alerts say. ' +
    'The button starts the runbook evict-stale-cache for the service, which asks for approval and evicts a tenth first; the name of the service leads to the runbook in the console.',
  unit: 'short',
  width: 24,
  height: 8,
  empty: 'no service exports cache_hit_rate, config_stale_seconds or fallback_duration_ms',
  things: rows(SERVICES),
  labels: [
    {
      label: 'service',
      title: 'Service',
      links: [consoleLink('The runbook in the console, and start it there', '/runbooks/evict-stale-cache')],
    },
  ],
  figures: [
    { name: 'hits', title: 'Hit rate', expr: HIT_RATE, unit: 'percentunit', decimals: 1, levels: [...HIT_LEVELS] },
    {
      name: 'misses',
      title: 'CacheStale (hit rate)',
      expr: alertState('alertname="CacheStale", signal="hit-rate", service=~"$service"', 'service', SERVICES),
      mappings: ALERT_STATES,
    },
    {
      name: 'age',
      title: 'Configuration is old',
      expr: STALE,
      unit: 's',
      decimals: 0,
      levels: ['green', { from: 300, color: 'red' }],
    },
    {
      name: 'stale',
      title: 'CacheStale (age)',
      expr: alertState('alertname="CacheStale", signal="age", service=~"$service"', 'service', SERVICES),
      mappings: ALERT_STATES,
    },
    {
      name: 'p99',
      title: 'Fallback p99',
      expr: FALLBACK,
      unit: 'ms',
      decimals: 0,
      levels: ['green', { from: 500, color: 'red' }],
    },
    {
      name: 'slow',
      title: 'FallbackSlow',
      expr: alertState('alertname="FallbackSlow", service=~"$service"', 'service', SERVICES),
      mappings: ALERT_STATES,
    },
  ],
  buttons: { title: 'Runbook', actions: [evict], width: 160 },
});

const FEATURES = 'group by (service, feature) (feature_duration_seconds_count{feature!="", service=~"$service"})';

const features = joinedTable({
  title: 'Features',
  description:
    'How slow the features of each service are and whether FeatureSlow fires. The button starts the runbook degrade-feature, which turns the feature off for a time once somebody approves.',
  unit: 'short',
  width: 24,
  height: 6,
  empty: 'no service exports feature_duration_seconds with the labels service and feature',
  things: rows(FEATURES),
  labels: [
    {
      label: 'feature',
      title: 'Feature',
      links: [consoleLink('The runbook in the console, and start it there', '/runbooks/degrade-feature')],
    },
    { label: 'service', title: 'Service' },
  ],
  figures: [
    {
      name: 'p99',
      title: 'p99',
      expr: 'histogram_quantile(0.99, sum by (service, feature, le) (rate(feature_duration_seconds_bucket{feature!="", service=~"$service"}[$__rate_interval]))) >= 0',
      unit: 's',
      decimals: 2,
      levels: ['green', { from: 0.8, color: 'red' }],
    },
    {
      name: 'slow',
      title: 'FeatureSlow',
      expr: alertState('alertname="FeatureSlow", service=~"$service"', 'service, feature', FEATURES),
      mappings: ALERT_STATES,
    },
  ],
  buttons: { title: 'Runbook', actions: [degrade], width: 140 },
});

/** Each service with its figures, its alerts and what can be done. */
export const services: Row = { title: 'Services and what to do', panels: [caches, features] };
