import autocannon from 'autocannon';

/** What one round of load has shown. */
export interface Hammered {
  /** Requests a second that were answered 2xx. */
  readonly perSecond: number;
  readonly p99Ms: number;
  /** Answered otherwise, or not at all. */
  readonly failed: number;
}

/** Posts bodies in turn over 50 connections, each as soon as the last one was answered. */
export async function hammer(url: string, bodies: readonly string[], seconds: number): Promise<Hammered> {
  const result = await autocannon({
    url,
    connections: 50,
    duration: seconds,
    requests: bodies.map((body) => ({
      method: 'POST',
      path: '/api/v1/alert/trigger',
      headers: { 'content-type': 'application/json' },
      body,
    })),
  });
  return {
    perSecond: result['2xx'] / result.duration,
    p99Ms: result.latency.p99,
    failed: result.non2xx + result.errors,
  };
}
