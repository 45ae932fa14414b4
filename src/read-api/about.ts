import { VERSION } from '../version.js';
import { plainly, type Content } from './answer.js';
import { METRICS, READABLE } from './metrics-read.js';
import type { Parameters } from './parameters.js';
import { badData, type Refusal } from './refusal.js';

/** Tells what each name means; `metric` picks one, `limit` and `limit_per_metric` count as in Prometheus. */
export function metadataOf(asked: Parameters): Content | Refusal {
  const limit = numberOf(asked, 'limit');
  if (!limit.ok) return limit;
  const perMetric = numberOf(asked, 'limit_per_metric');
  if (!perMetric.ok) return perMetric;
  const metric = asked.one('metric');
  const named = METRICS.filter((name) => metric === '' || name === metric).slice(0, limit.most);
  const said = named.map((name) => {
    const { help } = READABLE[name];
    return [name, [{ type: 'gauge', help, unit: '' }].slice(0, perMetric.most)] as const;
  });
  return plainly(Object.fromEntries(said));
}

/** Prometheus counts a negative limit as none. */
function numberOf(asked: Parameters, name: string): { readonly ok: true; readonly most: number } | Refusal {
  const text = asked.one(name);
  if (text === '') return { ok: true, most: Infinity };
  if (!/^-?\d{1,15}$/.test(text)) return badData(`${name} must be a number`);
  const most = Number(text);
  return { ok: true, most: most < 0 || (name === 'limit_per_metric' && most === 0) ? Infinity : most };
}

/** Grafana takes from the version what it may ask, and from the absence of `features` that it is no Mimir. */
export function buildInfo(): Readonly<Record<string, string>> {
  return {
    version: `2.42.0+firebreak.${VERSION}`,
    revision: `firebreak ${VERSION}`,
    branch: '',
    buildUser: '',
    buildDate: '',
    goVersion: '',
  };
}
