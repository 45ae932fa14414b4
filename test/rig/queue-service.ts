import { startStandIn, type SeenRequest, type StandIn, type StandInAnswer } from './stand-in.js';

/** Comes between a request and its answer: `make` does what was asked for, and gives the answer to that. */
export type Meddling = (request: SeenRequest, make: () => StandInAnswer) => StandInAnswer;

/** A service with queues that are opened and closed over HTTP, and that have a version. */
export interface QueueService extends StandIn {
  /** Who bears this token may use it. */
  readonly token: string;
  /** State by name of the queue. */
  readonly states: Map<string, string>;
  /** How many writes have changed something. */
  readonly effects: () => number;
  /** Brings all back to how it was at the start. */
  readonly reset: () => void;
  /** Lets something else happen from now on. */
  readonly meddle: (meddling: Meddling) => void;
}

const untouched: Meddling = (_, make) => make();

/** Starts the service with one queue, `orders`, which is open. */
export async function startQueueService(token = 'canary-8f2e'): Promise<QueueService> {
  const states = new Map<string, string>();
  let [version, effects, meddling] = [1, 0, untouched];
  const reset = (): void => {
    states.clear();
    states.set('orders', 'open');
    meddling = untouched;
  };
  const answer = ({ method, path, headers }: SeenRequest): StandInAnswer => {
    if (headers['authorization'] !== `Bearer ${token}`) return { status: 401 };
    const [, name = '', verb] = /^\/api\/queues\/([^/]+)(?:\/(open|closed))?$/.exec(path) ?? [];
    const state = states.get(name);
    if (state === undefined) return { status: 404 };
    const etag = `"${version}-${state}"`;
    if (method === 'GET') return { status: 200, headers: { etag }, json: { queue: { state, odd: [1, null] } } };
    if (headers['if-match'] !== undefined && headers['if-match'] !== etag) return { status: 412 };
    if (verb === undefined) return { status: 405 };
    states.set(name, verb);
    version += 1;
    effects += 1;
    return { status: 202, json: { ok: true } };
  };
  reset();
  const standIn = await startStandIn((request) => meddling(request, () => answer(request)));
  return { ...standIn, token, states, effects: () => effects, reset, meddle: (given) => void (meddling = given) };
}

/** The configuration of the plugin http for that service, with operations that close a queue. */
export function queueConfig({ url, token }: Pick<QueueService, 'url' | 'token'>, timeout = '1s') {
  const read = { path: '/queues/{queue}', at: '/queue/state' };
  const write = (to: string) => ({
    method: 'POST',
    path: `/queues/{queue}/${to}`,
    json: { because: 'closed for {queue}' },
  });
  const matching = (to: string) => ({ ...write(to), headers: { 'If-Match': '{version}' } });
  const common = { endpoint: 'queues', holes: { queue: { pattern: '[a-z.-]+' } }, is: 'closed', shows: '300ms' };
  return {
    endpoints: { queues: { url: `${url}/api/`, auth: { bearer: token }, allow: ['127.0.0.1'], timeout } },
    operations: {
      close: { ...common, read, request: write('closed'), compensate: { request: write('open'), gives: 'open' } },
      'close-unless-changed': {
        ...common,
        read: { ...read, version: { header: 'ETag' } },
        request: matching('closed'),
        compensate: { request: matching('open'), gives: 'open' },
      },
      'close-once': { ...common, once: true, read, request: write('closed'), compensate: { request: write('open') } },
      'close-for-good': { ...common, read, request: write('closed') },
      'close-unseen': { endpoint: 'queues', holes: common.holes, once: true, request: write('closed') },
    },
    probes: {
      open: { endpoint: 'queues', holes: common.holes, read, is: ['open'], unhealthy: [404, 500] },
      odd: { endpoint: 'queues', read: { path: '/queues/orders', at: '/queue/odd/0' }, least: 1, most: 5 },
      text: { endpoint: 'queues', read: { path: '/queues/orders', at: '/queue/state' }, most: 5 },
      nothing: { endpoint: 'queues', read: { path: '/queues/orders', at: '/nothing' }, is: [1] },
    },
  };
}
