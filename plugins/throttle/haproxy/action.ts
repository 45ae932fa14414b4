import { NO_HAPROXY } from './config.js';
import { throttleVerbs } from '../verbs.js';
import type { HaproxyKit, HaproxySystem } from './kit.js';
import { limitOf } from './limits.js';
import { paramsSchema, type Params } from './params.js';

/** Makes the action that lowers a limit at HAProxy: `maxconn` of a server or frontend, or the entry of a map. */
export function haproxyAction({ action, config }: HaproxyKit) {
  const section = config.haproxy ?? NO_HAPROXY;
  const verbs = throttleVerbs<HaproxySystem, Params>(({ client, params }) =>
    limitOf(client.haproxy.get(params.endpoint), params, section.maps),
  );
  return action({
    summary: 'Throttle at HAProxy: connections of a server or frontend, or a rate that a rule reads from a map',
    params: paramsSchema(section),
    risk: 'medium',
    idempotency: 'conditional',
    ...verbs,
  });
}
