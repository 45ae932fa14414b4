import type { Progress } from '../../../src/plugin-sdk/index.js';
import type { Limit } from '../limit.js';
import { throttleVerbs } from '../verbs.js';
import type { NginxKit, NginxSystem } from './kit.js';
import { paramsSchema, type Params } from './params.js';
import type { NginxZone } from './zone.js';

const DONE: Progress = { done: true };

/** Makes the action that lowers the rate of a zone of nginx. */
export function nginxAction({ action, config }: NginxKit) {
  return action({
    summary: 'Throttle at nginx: requests per second of a zone',
    params: paramsSchema(config),
    risk: 'medium',
    idempotency: 'conditional',
    ...throttleVerbs<NginxSystem, Params>(({ client, params: { name } }) => limitOf(name, client.nginx.get(name))),
  });
}

function limitOf(name: string, zone: NginxZone): Limit {
  return {
    resource: `nginx/${name}`,
    attribute: 'rate',
    name: `rate of ${name} at nginx`,
    unit: ' r/s',
    read: (signal) => zone.read(signal),
    // There is always a rate in the file, so none of these is null.
    write: (from, to, call) => zone.write(from ?? 0, to ?? 0, call),
    async enforce(to, call) {
      await zone.enforce(to ?? 0, call);
      return DONE;
    },
    async lacking(to, signal) {
      const now = await zone.inForce(signal);
      return now === to ? undefined : `nginx goes by ${now} r/s`;
    },
  };
}
