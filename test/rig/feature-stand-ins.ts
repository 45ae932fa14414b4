import { createHash } from 'node:crypto';
import { startStandIn, type SeenRequest, type StandIn, type StandInAnswer } from './stand-in.js';

/** A stand-in for a feature service: it speaks what the real one documents, as far as one flag needs it. */
export interface FeatureStandIn extends StandIn {
  /** The switch as users of the service would get it, and what is not in force yet. */
  readonly flag: Record<string, string | boolean>;
  /** How many writes were taken. */
  readonly effects: () => number;
  /** Comes between a request and its answer. */
  readonly meddle: (meddling: Meddling) => void;
}

type Meddling = (request: SeenRequest, make: () => StandInAnswer) => StandInAnswer;

/** Takes a write, or says why not. */
type Service = (request: SeenRequest, taken: () => void) => StandInAnswer;

/** LaunchDarkly with one flag, `recommendations`, in the project `shop`. */
export function startLaunchDarkly(token: string): Promise<FeatureStandIn> {
  const flag: { on: boolean } = { on: true };
  const path = '/api/v2/flags/shop/recommendations';
  return start(flag, ({ method, path: asked, headers, body, query }, taken) => {
    if (headers['authorization'] !== token) return { status: 401 };
    if (asked !== path) return { status: 404 };
    const json = () => ({ key: 'recommendations', _version: 3, environments: { production: { on: flag.on } } });
    if (method === 'GET') return query.get('env') === 'production' ? { status: 200, json: json() } : { status: 400 };
    const type = 'application/json; domain-model=launchdarkly.semanticpatch';
    if (method !== 'PATCH' || headers['content-type'] !== type) return { status: 415 };
    const [, kind] =
      /"environmentKey":"production".*"instructions":\[\{"kind":"(turnFlagO(?:n|ff))"\}\]/.exec(body) ?? [];
    if (kind === undefined) return { status: 400 };
    flag.on = kind === 'turnFlagOn';
    taken();
    return { status: 200, json: json() };
  });
}

/** Apollo with one item, `feature.recommendations`, which is in force only when it is released. */
export function startApollo(token: string): Promise<FeatureStandIn> {
  const flag = { item: 'true', released: 'true' };
  const base = '/openapi/v1/envs/PRO/apps/shop/clusters/default/namespaces/features';
  return start(flag, ({ method, path, headers, body }, taken) => {
    if (headers['authorization'] !== token) return { status: 401 };
    const what = `${method} ${path.startsWith(base) ? path.slice(base.length) : ''}`;
    switch (what) {
      case 'GET /items/feature.recommendations':
        return { status: 200, json: { key: 'feature.recommendations', value: flag.item, comment: '' } };
      case 'PUT /items/feature.recommendations': {
        const [, value] =
          /"key":"feature.recommendations","value":"(\w+)".*"dataChangeLastModifiedBy":"\w+"/.exec(body) ?? [];
        if (value === undefined) return { status: 400 };
        flag.item = value;
        taken();
        return { status: 200 };
      }
      case 'GET /releases/latest':
        return { status: 200, json: { configurations: { 'feature.recommendations': flag.released } } };
      case 'POST /releases':
        if (!/"releaseTitle":".+".*"releasedBy":"\w+"/.test(body)) return { status: 400 };
        flag.released = flag.item;
        taken();
        return { status: 200, json: { configurations: { 'feature.recommendations': flag.released } } };
    }
    return { status: 404 };
  });
}

/** Nacos with one configuration, `feature.recommendations`, by its v3 admin API and its v1 API. */
export function startNacos(identity: string): Promise<FeatureStandIn> {
  const flag = { content: 'on' };
  const md5 = () => createHash('md5').update(flag.content).digest('hex');
  return start(flag, ({ method, path, query, headers, body }, taken) => {
    if (headers['serveridentity'] !== identity) return { status: 403 };
    const v3 = path === '/nacos/v3/admin/cs/config';
    if (!v3 && path !== '/nacos/v1/cs/configs') return { status: 404 };
    const given = method === 'GET' ? query : new URLSearchParams(body);
    if (given.get('dataId') !== 'feature.recommendations') return { status: 404, json: { code: 20_004 } };
    if (given.get(v3 ? 'groupName' : 'group') !== 'features') return { status: 404, json: { code: 20_004 } };
    if (method === 'GET' && v3) {
      return { status: 200, json: { code: 0, message: 'success', data: { content: flag.content, md5: md5() } } };
    }
    if (method === 'GET') return { status: 200, headers: { 'content-md5': md5() }, text: flag.content };
    const cas = headers['casmd5'];
    if (cas !== undefined && cas !== md5()) return { status: 500, json: { code: 20_005, message: 'Cas publish fail' } };
    flag.content = given.get('content') ?? '';
    taken();
    return v3 ? { status: 200, json: { code: 0, data: true } } : { status: 200, text: 'true' };
  });
}

async function start(flag: Record<string, string | boolean>, service: Service): Promise<FeatureStandIn> {
  let effects = 0;
  let meddling: Meddling = (_, make) => make();
  const standIn = await startStandIn((request) => meddling(request, () => service(request, () => void (effects += 1))));
  return { ...standIn, flag, effects: () => effects, meddle: (given) => void (meddling = given) };
}
