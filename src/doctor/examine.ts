import { ALERT_ADDRESSES } from '../core/alert-addresses.js';
import { boundOf, type Bound } from './bound.js';
import type { AlertmanagerSettings, Route, Webhook } from './read-alertmanager.js';
import type { AlertRule, PrometheusSettings } from './read-prometheus.js';
import { routesOf } from './routes-of.js';

/** Names the runbooks that would answer an alert with these labels. */
export type RunbooksFor = (labels: Readonly<Record<string, string>>) => readonly string[];

/** One alert on one path to Firebreak. */
export interface Path {
  readonly rule: AlertRule;
  readonly runbooks: readonly string[];
  readonly via: 'alertmanager' | 'prometheus';
  readonly bound: Bound;
  /** The same when the alert joins a group that was notified before: `group_interval` takes the place of `group_wait`. */
  readonly nextIncidentMs: number;
}

/** What the doctor found. */
export interface Examination {
  readonly paths: readonly Path[];
  /** Alerts that no route brings to Firebreak. */
  readonly elsewhere: readonly string[];
  readonly notes: readonly string[];
}

/** Computes the bound of every alert on every path to Firebreak, and collects what else costs time or alerts. */
export function examine(
  prometheus: PrometheusSettings,
  alertmanager: AlertmanagerSettings,
  runbooksFor: RunbooksFor,
): Examination {
  const own = alertmanager.webhooks.filter((webhook) => webhook.url.includes(ALERT_ADDRESSES.webhook));
  const webhooks = own.length > 0 ? own : alertmanager.webhooks;
  const receivers = new Set(webhooks.map((webhook) => webhook.receiver));
  const addresses = new Set(webhooks.map((webhook) => addressOf(webhook.url)));
  const direct = prometheus.alertmanagers.some((target) => addresses.has(target));
  const paths: Path[] = [];
  const elsewhere: string[] = [];
  const notes = new Set<string>();
  /** The same is said once of all alerts that it holds for. */
  const about = new Map<string, Set<string>>();
  if (own.length === 0)
    notes.add(`No receiver calls ${ALERT_ADDRESSES.webhook}; every webhook receiver was taken for Firebreak.`);

  for (const rule of prometheus.rules) {
    const taken = routesOf(alertmanager.route, rule.labels);
    const routes = taken.routes.filter((route) => receivers.has(route.receiver));
    const runbooks = runbooksFor(rule.labels);
    for (const route of routes) {
      const bound = boundOf({ ...rule, groupWait: route.groupWait });
      paths.push({ rule, runbooks, via: 'alertmanager', bound, nextIncidentMs: afterFirst(bound.crashMs, route) });
      if (route.groupWait === 0) notes.add(PARTIAL);
    }
    if (direct) {
      const bound = boundOf({ ...rule, groupWait: 0 });
      paths.push({ rule, runbooks, via: 'prometheus', bound, nextIncidentMs: bound.crashMs });
    }
    const reaches = routes.length > 0 || direct;
    if (!reaches) elsewhere.push(rule.name);
    for (const note of notesOn(rule, reaches, taken.unknownLabels))
      about.set(note, (about.get(note) ?? new Set()).add(rule.name));
  }
  for (const [note, names] of about) notes.add(`${[...names].join(', ')}: ${note}`);
  for (const note of [...notesOnWebhooks(webhooks), ...notesOnPeers(prometheus, addresses)]) notes.add(note);
  return { paths, elsewhere: [...new Set(elsewhere)], notes: [...notes] };
}

/** A group that was notified is looked at again only when its interval is over. */
function afterFirst(firstMs: number, { groupWait, groupInterval }: Route): number {
  return firstMs - groupWait + Math.max(groupWait, groupInterval);
}

const PARTIAL =
  'group_wait: 0s: the first notification often carries only a part of the alerts that were posted together; the rest follows one group_interval later. 1s is the better trade.';

function notesOn(rule: AlertRule, reaches: boolean, unknownLabels: readonly string[]): readonly string[] {
  const notes: string[] = [];
  if (reaches && rule.jobGuessed) notes.push('the expression names no job of this file; the slowest one was taken.');
  if (reaches && rule.windows.length > 0) {
    notes.push(
      `the expression looks back over ${rule.windows.join(', ')}; add the time until its value crosses the threshold.`,
    );
  }
  if (unknownLabels.length > 0) {
    const names = unknownLabels.join(', ');
    notes.push(`routes ask for ${names}, which the rule does not set; taken as absent.`);
  }
  return notes;
}

function notesOnWebhooks(webhooks: readonly Webhook[]): readonly string[] {
  return webhooks.flatMap((webhook) => [
    ...(webhook.sendResolved
      ? []
      : [`${webhook.receiver}: send_resolved is false; Firebreak never hears that an alert is over.`]),
    ...(webhook.maxAlerts > 0
      ? [`${webhook.receiver}: max_alerts ${webhook.maxAlerts} cuts the list; the rest of the alerts is never sent.`]
      : []),
  ]);
}

function notesOnPeers(prometheus: PrometheusSettings, firebreak: ReadonlySet<string>): readonly string[] {
  const peers = prometheus.alertmanagers.filter((target) => !firebreak.has(target)).length;
  if (peers < 2 && !prometheus.alertmanagersDiscovered) return [];
  const who =
    peers < 2
      ? 'Alertmanagers are discovered; if there are several'
      : `There are ${peers} Alertmanagers; if they are a cluster`;
  return [
    `${who}, the loss of the first one costs --cluster.peer-timeout on top, 15 s unless it is set: use --cluster.peer-timeout=1s.`,
  ];
}

function addressOf(url: string): string {
  try {
    return new URL(url).host;
  } catch {
    return url;
  }
}
