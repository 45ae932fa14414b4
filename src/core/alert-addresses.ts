/** Where alerts come in, by who sends there: Alertmanager and Grafana by webhook, or Prometheus as to an Alertmanager. */
export const ALERT_ADDRESSES = {
  webhook: '/api/v1/alert/trigger',
  prometheus: '/api/v2/alerts',
} as const;

const SENDERS: ReadonlyMap<string, string> = new Map(Object.entries(ALERT_ADDRESSES).map(([by, url]) => [url, by]));

/** Gives who sends alerts to an address; undefined for one that takes none. */
export function alertSenderAt(address: string): string | undefined {
  return SENDERS.get(address);
}
