import { z } from 'zod';
import { isUnconfigured, type Names } from '../catalog/names.js';
import { duration, qualifiedName, template } from '../catalog/schema-fields.js';
import { unknownWord } from '../catalog/suggestion.js';
import { compileText } from '../catalog/template-engine.js';
import { MESSAGE_ROOTS } from '../catalog/template-syntax.js';
import type { Issue } from '../catalog/yaml-position.js';
import type { Template } from '../core/template.js';
import type { MessageEvent } from '../plugin-sdk/call.js';

/** What a message can be about; templates are given by these. */
export const MESSAGE_EVENTS = [
  'opened',
  'awaiting-approval',
  'held',
  'closed',
  'escalated',
  'lowered',
  'problem',
  'storm',
  'frozen',
  'paused',
  'unpaused',
  'break-glass',
] as const satisfies readonly MessageEvent[];

/** What a route can match: the events, and two ways of being closed. */
export const ROUTE_EVENTS = [...MESSAGE_EVENTS, 'failed', 'reverted'] as const;

/** Name of what a route can match. */
export type RouteEvent = (typeof ROUTE_EVENTS)[number];

/** Who hears of what. A list that is left out matches everything; the texts are globs. */
export interface Route {
  readonly match: {
    readonly event?: readonly RouteEvent[];
    readonly severity?: readonly string[];
    readonly owner?: readonly string[];
    readonly runbook?: readonly string[];
    readonly target?: readonly string[];
  };
  readonly to: readonly string[];
  /** Later routes are looked at too. */
  readonly continue: boolean;
}

/** A text of the operator's own in place of the usual one. */
export interface MessageTemplate {
  readonly title?: Template<string>;
  readonly text?: Template<string>;
}

/** `notify` of firebreak.yaml. */
export interface NotifySettings {
  readonly routes: readonly Route[];
  /** How often people are told of a held execution that nobody takes, in milliseconds. */
  readonly repeatHeldMs: number;
  /** For how long taking an execution stops that, in milliseconds. */
  readonly takenForMs: number;
  readonly templates: { readonly [event in MessageEvent]?: MessageTemplate };
  /** Says where in firebreak.yaml something stands; the path begins within `notify`. */
  readonly explain: (issue: Issue) => string;
}

const MINUTE = 60_000;
const DAY = 86_400_000;
const MOST_ROUTES = 100;

/** One or several. */
function some<T extends z.ZodType<string>>(one: T) {
  return z.union([one.transform((value) => [value]), z.array(one).min(1).max(MOST_ROUTES)]);
}

const glob = z.string().min(1).max(500);
const text = template((source) => compileText(source, undefined, MESSAGE_ROOTS));

const route = z.strictObject({
  match: z
    .strictObject({
      event: some(z.enum(ROUTE_EVENTS)).exactOptional(),
      severity: some(glob).exactOptional(),
      owner: some(glob).exactOptional(),
      runbook: some(glob).exactOptional(),
      target: some(glob).exactOptional(),
    })
    .prefault({}),
  to: z.array(qualifiedName).min(1).max(20),
  continue: z.boolean().default(false),
});

const oneTemplate = z.strictObject({ title: text.exactOptional(), text: text.exactOptional() });

/** `notify` of firebreak.yaml. */
export const notifySchema = z.strictObject({
  routes: z.array(route).max(MOST_ROUTES).default([]),
  repeatHeld: duration(5 * MINUTE, DAY).prefault('15m'),
  takenFor: duration(MINUTE, 7 * DAY).prefault('2h'),
  templates: z
    .strictObject(Object.fromEntries(MESSAGE_EVENTS.map((event) => [event, oneTemplate.exactOptional()])))
    .prefault({}),
});

/**
 * Gives the settings the shape that the service works with.
 *
 * @param explain says where in the file an issue stands
 */
export function notifyFrom(
  { routes, repeatHeld, takenFor, templates }: z.output<typeof notifySchema>,
  explain: (issue: Issue) => string,
): NotifySettings {
  return {
    routes,
    repeatHeldMs: repeatHeld,
    takenForMs: takenFor,
    templates,
    explain: (issue) => explain({ ...issue, path: ['notify', ...issue.path] }),
  };
}

/** What holds when firebreak.yaml says nothing of it. */
export const DEFAULT_NOTIFY: NotifySettings = notifyFrom(notifySchema.parse({}), ({ message }) => message);

/**
 * Finds routes to notifiers that are not there.
 *
 * @param names what the plugins have
 * @returns every mistake with its place in firebreak.yaml
 */
export function checkNotify({ routes, explain }: NotifySettings, names: Names): string[] {
  return routes.flatMap(({ to }, i) =>
    to.flatMap((name, j) => {
      if (names.notifiers.has(name)) return [];
      const why = isUnconfigured(name, names)
        ? `the plugin of "${name}" is not configured: give it its settings under plugins`
        : unknownWord('unknown notifier', name, [...names.notifiers], 'known');
      return [explain({ path: ['routes', i, 'to', j], message: `notify.routes[${i}].to[${j}]: ${why}` })];
    }),
  );
}
