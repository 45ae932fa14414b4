import { edited, nextVersion } from '../../clients/discovery-text.js';
import { PluginError, type Progress } from '../../../src/plugin-sdk/index.js';
import type { Level } from '../lift.js';
import type { Limit } from '../limit.js';
import { throttleVerbs } from '../verbs.js';
import { spotOf } from './discovery.js';
import type { LimitFiles } from './files.js';
import type { EnvoyFileKit, EnvoyFileSystem } from './kit.js';
import { paramsSchema, type Params } from './params.js';

const ASK_AGAIN_MS = 200;
const DONE: Progress = { done: true };

/** Makes the action that lowers a limit in a file that Envoy watches: a cluster's threshold, or a value of its runtime. */
export function envoyFileAction({ action, config }: EnvoyFileKit) {
  return action({
    summary: 'Throttle at Envoy: a threshold of a cluster or a runtime value, in a file that Envoy watches',
    params: paramsSchema(config),
    risk: 'medium',
    idempotency: 'conditional',
    ...throttleVerbs<EnvoyFileSystem, Params>(({ client, params }) => limitOf(client.envoyFile, params)),
  });
}

function limitOf(envoy: LimitFiles, { file: name, of }: Params): Limit {
  const { file, format } = envoy.get(name);
  const [place, attribute] = 'cluster' in of ? [of.cluster, of.threshold] : [of.layer, of.key];

  async function lacking(to: Level, signal: AbortSignal): Promise<string | undefined> {
    if (envoy.admin === undefined) return undefined;
    const now = await envoy.admin.inForce(of, signal);
    return now === to ? undefined : `Envoy goes by ${now ?? 'no such limit'}`;
  }

  return {
    // Names of files have no slash, and names in them may have any: so they stand in fields of their own.
    resource: `envoy-file/${name}/${place}`,
    attribute,
    name: `${attribute} of ${place}`,
    unit: '',
    read: async (signal) => spotOf(await file.read(signal), of).value,
    async write(from, to, call) {
      const seen = await file.read(call.signal);
      const { path, value } = spotOf(seen, of);
      if (value !== from || to === null)
        throw new PluginError('changed-meanwhile', `somebody else changed ${attribute} of ${place}`, false);
      const version = nextVersion(seen.response.version_info);
      const text = edited(seen, format, [
        { path, to },
        { path: ['version_info'], to: version },
      ]);
      await file.replace(text, seen, call);
    },
    async enforce(to, call) {
      const lack = await lacking(to, call.signal);
      if (lack === undefined) return DONE;
      const { since } = await file.read(call.signal);
      if (Date.now() - since < envoy.takesMs) return { done: false, againInMs: ASK_AGAIN_MS };
      throw new PluginError('did-not-take', `the file is in place, but ${lack}: see Envoy's log`, false);
    },
    lacking,
  };
}
