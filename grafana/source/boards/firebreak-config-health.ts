import type { Board } from '../kit/board.js';
import { noReason, some } from '../kit/variables.js';
import { byCenter } from './config-health/by-center.js';
import { glance } from './config-health/glance.js';
import { overTime } from './config-health/over-time.js';
import { own } from './config-health/own.js';
import { services } from './config-health/services.js';

/** Whether services work with configuration that is fresh, and what to do when they do not. */
export const configHealth: Board = {
  uid: 'firebreak-config-health',
  title: 'Configuration health',
  description:
    'Caches and configuration of your services with their alerts and runbooks, and those of Firebreak itself.',
  from: 'now-3h',
  variables: [
    some('service', {
      label: 'Service',
      query: 'label_values({__name__=~"cache_hit_rate|config_stale_seconds|fallback_duration_ms_count"}, service)',
    }),
    noReason(),
  ],
  rows: [glance, services, overTime, byCenter, own],
};
