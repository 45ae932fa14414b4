import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseDocument } from 'yaml';
import { FIREBREAK_SITE } from '../network.js';
import { projectRoot } from '../project.js';
import type { DrillRig, Side } from './rig.js';
import { EDGE } from './sites.js';

/** A change to a file: the path in it and the new value; undefined takes it away. */
export type Edit = readonly [path: readonly (string | number)[], value: unknown];

/** What a test changes in the project's files; the name of a runbook is that of its file without `.yaml`. */
export interface Tuning {
  readonly runbooks?: Readonly<Record<string, readonly Edit[]>>;
  readonly topology?: readonly Edit[];
}

/** What the drill takes off so that runs can follow each other: nothing of it concerns safety. */
const WITHOUT_BRAKES: readonly Edit[] = [
  [['spec', 'guards', 'cooldown'], '0s'],
  [['spec', 'guards', 'storm'], 'off'],
  [['spec', 'guards', 'recurrence'], 'off'],
];

/** In words, for whoever reads the figures. */
export const DRILL_CHANGES = 'no cooldown, storm, recurrence, change budget or loop detection';

/** Gives the project's runbooks as the drill runs them: name of each file and its text. */
export function drillRunbooks(tuning: Tuning = {}): Readonly<Record<string, string>> {
  const folder = join(projectRoot, 'runbooks');
  const files = readdirSync(folder).filter((name) => /\.(yaml|md\.hbs)$/.test(name));
  return Object.fromEntries(
    files.map((file) => {
      const text = readFileSync(join(folder, file), 'utf8');
      if (!file.endsWith('.yaml')) return [file, text];
      const name = file.slice(0, -'.yaml'.length);
      return [file, edited(text, [...WITHOUT_BRAKES, ...(tuning.runbooks?.[name] ?? [])])];
    }),
  );
}

/** Gives the project's topology as the drill runs it. */
export function drillTopology(tuning: Tuning = {}): string {
  return edited(readFileSync(join(projectRoot, 'topology.yaml'), 'utf8'), tuning.topology ?? []);
}

type Parts = Pick<DrillRig, 'network' | 'postgres' | 'orders' | 'haproxy' | 'blackbox' | 'prometheus'>;

/** Writes firebreak.yaml with the addresses of all systems as Firebreak reaches them. */
export async function drillConfig(parts: Parts, tokens: { alert: string; admin: string }): Promise<string> {
  const { network, haproxy, prometheus, blackbox } = parts;
  const [a, b] = await Promise.all([sideOf(parts, 'a'), sideOf(parts, 'b')]);
  const config = {
    plugins: {
      prometheus: { url: prometheus.url },
      'cut-over-center': {
        endpoint: `${network.place(EDGE).host}:${haproxy.adminPort}`,
        maps: { canary: haproxy.map },
        postgres: {
          timeout: '250ms',
          clusters: { orders: { database: 'orders', nodes: { a: a.node, b: b.node } } },
        },
        health: { centers: { a: a.health, b: b.health }, vantages: { edge: { blackbox: blackbox.url } } },
        readiness: { prometheus: prometheus.url },
      },
    },
    probes: PROBES,
    tokens: [
      { name: 'alert-source', roles: ['source'], file: tokens.alert },
      { name: 'admin', roles: ['admin'], file: tokens.admin },
    ],
    // the drill looks again and again, more often than anybody may
    access: { rateLimit: { perMinute: 1_000_000 } },
    governor: { changeBudget: 'off', loop: { limit: 1_000, per: '1s' } },
  };
  // JSON is YAML.
  return JSON.stringify(config, undefined, 2);
}

/** What is measured all the time; the first one also keeps on each standby what its primary says of itself. */
const PROBES: readonly unknown[] = [
  {
    name: 'replication',
    probe: 'cut-over-center/replication-lag',
    with: { cluster: 'orders' },
    every: '1s',
    timeout: '2s',
  },
];

async function sideOf({ network, postgres, orders }: Parts, side: Side): Promise<{ node: unknown; health: string }> {
  const { firebreakUrl, rejoin, port } = postgres[side];
  const url = new URL(firebreakUrl);
  url.host = await network.route(FIREBREAK_SITE, side, port);
  // Both vantage points are given the same address.
  return {
    node: { url: url.href, rejoin },
    health: `http://${await network.route(EDGE, side, orders[side].port)}/healthz`,
  };
}

function edited(text: string, edits: readonly Edit[]): string {
  const document = parseDocument(text);
  for (const [path, value] of edits) {
    if (value !== undefined) document.setIn(path, value);
    else if (document.hasIn(path)) document.deleteIn(path);
  }
  return document.toString();
}
