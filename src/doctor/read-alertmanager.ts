import { RE2JS } from 're2js';
import { z } from 'zod';
import { parseMatchers, type Matcher } from '../core/matcher.js';
import { duration, readYaml, texts, type Read } from './read-yaml.js';

/** One node of the routing tree, with what it inherits filled in; times in milliseconds. */
export interface Route {
  readonly receiver: string;
  readonly matchers: readonly Matcher[];
  readonly continue: boolean;
  readonly groupWait: number;
  readonly groupInterval: number;
  readonly routes: readonly Route[];
}

/** A webhook that a receiver calls. */
export interface Webhook {
  readonly receiver: string;
  readonly url: string;
  readonly sendResolved: boolean;
  readonly maxAlerts: number;
}

/** What an alertmanager.yml says about the way of an alert. */
export interface AlertmanagerSettings {
  readonly route: Route;
  readonly webhooks: readonly Webhook[];
}

const node = z.object({
  receiver: z.string().optional(),
  matchers: z.array(z.string()).nullish(),
  match: texts.nullish(),
  match_re: texts.nullish(),
  continue: z.boolean().optional(),
  group_wait: duration.optional(),
  group_interval: duration.optional(),
  get routes() {
    return z.array(node).nullish();
  },
});

const shape = z.object({
  route: node,
  receivers: z
    .array(
      z.object({
        name: z.string(),
        webhook_configs: z
          .array(
            z.object({
              url: z.string().default(''),
              send_resolved: z.boolean().default(true),
              max_alerts: z.number().default(0),
            }),
          )
          .nullish(),
      }),
    )
    .nullish(),
});

type Node = z.infer<typeof node>;
type Inherited = Pick<Route, 'receiver' | 'groupWait' | 'groupInterval'>;

/** Reads an alertmanager.yml, with Alertmanager's own defaults (30 s, 5 m) for what is not said. */
export function readAlertmanager(file: string, text: string): Read<AlertmanagerSettings> {
  const read = readYaml(file, text, shape);
  if (!read.ok) return read;
  const problems: string[] = [];
  const root: Inherited = { receiver: '', groupWait: 30_000, groupInterval: 300_000 };
  const route = routeOf(read.value.route, root, (problem) => problems.push(`${file}: ${problem}`));
  if (problems.length > 0) return { ok: false, problems };
  const webhooks = (read.value.receivers ?? []).flatMap((receiver) =>
    (receiver.webhook_configs ?? []).map((webhook) => ({
      receiver: receiver.name,
      url: webhook.url,
      sendResolved: webhook.send_resolved,
      maxAlerts: webhook.max_alerts,
    })),
  );
  return { ok: true, value: { route, webhooks } };
}

function routeOf(from: Node, inherited: Inherited, report: (problem: string) => void): Route {
  const own: Inherited = {
    receiver: from.receiver ?? inherited.receiver,
    groupWait: from.group_wait ?? inherited.groupWait,
    groupInterval: from.group_interval ?? inherited.groupInterval,
  };
  return {
    ...own,
    matchers: matchersOf(from, report),
    continue: from.continue ?? false,
    routes: (from.routes ?? []).map((child) => routeOf(child, own, report)),
  };
}

function matchersOf(from: Node, report: (problem: string) => void): readonly Matcher[] {
  const written = (from.matchers ?? []).flatMap((text) => {
    const parsed = parseMatchers(text);
    if (!parsed.ok) report(parsed.detail);
    return parsed.ok ? parsed.matchers : [];
  });
  const equal = Object.entries(from.match ?? {}).map(([name, value]): Matcher => ({ name, op: '=', value }));
  const alike = Object.entries(from.match_re ?? {}).flatMap(([name, value]): readonly Matcher[] => {
    try {
      return [{ name, op: '=~', value, regex: RE2JS.compile(value, RE2JS.DOTALL) }];
    } catch {
      report(`match_re: "${value}" is not a regular expression (RE2)`);
      return [];
    }
  });
  return [...written, ...equal, ...alike];
}
