import { join } from 'node:path';
import { answersOk } from '../exchange.js';
import { installed } from '../installed.js';
import type { Place } from '../place.js';
import { freePort, removeFolder, rigFolder, startProcess, type RunningProcess } from '../processes.js';
import { writeInto } from '../project.js';

/** What Prometheus scrapes and whom it tells, each as `host:port`. */
export interface DrillScrapes {
  readonly centers: Readonly<Record<string, string>>;
  readonly haproxyMetrics: string;
  readonly firebreak: string;
  readonly tokenFile: string;
}

/** The Prometheus of a drill. */
export interface DrillPrometheus {
  readonly url: string;
  readonly process: RunningProcess;
  readonly stop: () => Promise<void>;
}

/** In words, for whoever reads the figures. */
export const DETECTION = 'scraped every 500 ms (time-out 300 ms), rule every 500 ms, no "for", straight to Firebreak';

/**
 * Its rules, as deploy/prometheus/rules/runbooks.yml has them. A centre is lost when its process or its database does not
 * answer while the load balancer sends users to it. The last answer of the load balancer is remembered, because a rule is
 * evaluated between two scrapes.
 */
export const RULES = `groups:
  - name: centers
    interval: 500ms
    rules:
      - alert: CenterLost
        expr: >-
          (max by (center, service) (up{job="orders"}) == 0
            or max by (center, service) (orders_database_up{job="orders"}) == 0)
          and on (center) label_replace(haproxy_server_status{proxy="orders",state="UP"} == 1, "center", "$1", "server", "(.*)")
        labels: { severity: critical, runbook: cut-over-center-with-data }
        annotations:
          summary: 'Centre {{ $labels.center }} of {{ $labels.service }} or its database does not answer'
      # Of two primaries the one that was promoted later counts.
      - alert: OldPrimaryBack
        expr: >-
          max by (center, service) (orders_database_timeline)
          < on (service) group_left () max by (service) (orders_database_timeline)
        for: 1s
        labels: { severity: warning, runbook: bring-back-as-replica }
        annotations:
          summary: 'The database of centre {{ $labels.center }} believes to be the primary of {{ $labels.service }} still'
`;

/** Starts Prometheus with one rule, which is sent to Firebreak directly. */
export async function startDrillPrometheus(place: Place, scrapes: DrillScrapes): Promise<DrillPrometheus> {
  const folder = rigFolder('drill-prometheus');
  const address = `${place.host}:${await freePort()}`;
  writeInto(folder, 'rules.yml', RULES);
  const targets = Object.entries(scrapes.centers)
    .map(([center, at]) => `      - { targets: ['${at}'], labels: { center: ${center}, service: orders } }`)
    .join('\n');
  const config = `
global: { scrape_interval: 500ms, scrape_timeout: 300ms, evaluation_interval: 500ms }
rule_files: [rules.yml]
alerting:
  alertmanagers:
    - authorization: { credentials_file: ${scrapes.tokenFile} }
      static_configs: [{ targets: ['${scrapes.firebreak}'] }]
scrape_configs:
  - job_name: orders
    static_configs:
${targets}
  - job_name: haproxy
    static_configs: [{ targets: ['${scrapes.haproxyMetrics}'] }]
`;
  const [command, ...through] = [...place.through, installed('prometheus')];
  const process = await startProcess({
    name: 'prometheus',
    command,
    args: [
      ...through,
      `--config.file=${writeInto(folder, 'prometheus.yml', config)}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      `--web.listen-address=${address}`,
      '--rules.alert.resend-delay=2s',
    ],
    folder,
    ready: () => answersOk(`http://${address}/-/ready`),
  });
  return {
    url: `http://${address}`,
    process,
    stop: async () => {
      await process.stop();
      removeFolder(folder);
    },
  };
}
