import autocannon from 'autocannon';

/** What one round of load has shown. */
export interface Hammered {
  /** Requests a second that were answered 2xx. */
  readonly perSecond: number;
  readonly p99Ms: number;
  /** Answered otherwise, or not at all. */
  readonly failed: number;
}

const CONNECTIONS = 50;

/** Posts bodies over 50 connections, each as soon as the last one was answered; every connection has bodies of its own. */
export async function hammer(url: string, bodies: readonly string[], seconds: number): Promise<Hammered> {
  const requests = bodies.map((body) => ({
    method: 'POST' as const,
    path: '/api/v1/alert/trigger',
    headers: { 'content-type': 'application/json' },
    body,
  }));
  let connection = 0;
  const result = await autocannon({
    url,
    connections: CONNECTIONS,
    duration: seconds,
    setupClient: (client) => {
      const number = connection++ % CONNECTIONS;
      const own = requests.filter((_, i) => i % CONNECTIONS === number);
      client.setRequests(own.length > 0 ? own : requests);
    },
  });
  return {
    perSecond: result['2xx'] / result.duration,
    p99Ms: result.latency.p99,
    failed: result.non2xx + result.errors,
  };
}
