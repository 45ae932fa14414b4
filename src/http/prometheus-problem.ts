/** What is said of an error. */
export interface Said {
  readonly title: string;
  readonly detail: string;
  readonly status: number;
  readonly code: string;
  readonly requestId: string;
}

const ASKED_AS_PROMETHEUS = /^\/prometheus(?:[/?]|$)/;

/** Tells whether an address is one that clients of Prometheus ask, who read its kind of errors only. */
export function isForPrometheus(url: string): boolean {
  return ASKED_AS_PROMETHEUS.test(url);
}

/** Gives an error the form that clients of Prometheus read, with the entry of the catalogue beside. */
export function prometheusProblem({ title, detail, status, code, requestId }: Said): string {
  return JSON.stringify({
    status: 'error',
    errorType: typeOf(status),
    error: `${title}: ${detail}`,
    code,
    requestId,
  });
}

function typeOf(status: number): string {
  if (status === 401 || status === 403) return 'access_denied';
  if (status === 404 || status === 405) return 'not_found';
  if (status === 429) return 'too_many_requests';
  if (status === 503) return 'unavailable';
  return status < 500 ? 'bad_data' : 'internal';
}
