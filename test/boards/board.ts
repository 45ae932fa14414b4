import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { projectRoot } from '../rig/project.js';

/*
 * The boards of grafana/dashboards, proven by contract, because no Grafana can be installed where the tests run:
 * `rules.ts` is the linter, `history.ts` makes a Firebreak with a known history, `calls.ts` asks what Grafana would ask,
 * `frames.ts` and `transformations.ts` make of the answers what its panels get, `interpolate.ts` fills in buttons and links,
 * `fire.ts` presses them in a real browser, `preview.ts` draws it all, and `expected/` says what should come out. `hard-moments.spec.ts` plays what that
 * history has not: a store that is away, a quiet day, a process that is replaced.
 */

const dataSource = z.looseObject({ type: z.string().optional(), uid: z.string().optional() });

const target = z.looseObject({
  refId: z.string().optional(),
  expr: z.string().default(''),
  datasource: dataSource.optional(),
  instant: z.boolean().default(false),
  range: z.boolean().default(false),
  format: z.string().default('time_series'),
  legendFormat: z.string().default(''),
  interval: z.string().optional(),
  hide: z.boolean().default(false),
});

const pairs = z.array(z.tuple([z.string(), z.string()])).default([]);

const action = z.looseObject({
  type: z.string(),
  title: z.string(),
  confirmation: z.string().default(''),
  oneClick: z.boolean().default(false),
  fetch: z
    .looseObject({
      method: z.string(),
      url: z.string(),
      queryParams: pairs,
      headers: pairs,
      body: z.string().optional(),
    })
    .optional(),
  variables: z.array(z.looseObject({ key: z.string(), name: z.string() })).default([]),
});

const link = z.looseObject({ title: z.string().default(''), url: z.string() });
const mapping = z.looseObject({ type: z.string(), options: z.unknown().optional() });

const settings = z.looseObject({
  unit: z.string().optional(),
  displayName: z.string().optional(),
  noValue: z.string().optional(),
  decimals: z.number().nullish(),
  mappings: z.array(mapping).default([]),
  links: z.array(link).default([]),
  actions: z.array(action).default([]),
  custom: z.record(z.string(), z.unknown()).default({}),
});

const override = z.looseObject({
  matcher: z.looseObject({ id: z.string(), options: z.unknown().optional() }),
  properties: z.array(z.looseObject({ id: z.string(), value: z.unknown().optional() })),
});

const transformation = z.looseObject({
  id: z.string(),
  options: z.record(z.string(), z.unknown()).default({}),
  disabled: z.boolean().default(false),
});

const gridPos = z.object({ x: z.number(), y: z.number(), w: z.number(), h: z.number() });

const plainPanel = z.looseObject({
  type: z.string(),
  id: z.number().optional(),
  title: z.string().default(''),
  description: z.string().default(''),
  gridPos,
  datasource: dataSource.optional(),
  targets: z.array(target).default([]),
  fieldConfig: z
    .looseObject({ defaults: settings.prefault({}), overrides: z.array(override).default([]) })
    .prefault({}),
  transformations: z.array(transformation).default([]),
  options: z.record(z.string(), z.unknown()).default({}),
  links: z.array(link).default([]),
  collapsed: z.boolean().optional(),
});

const panel = plainPanel.extend({ panels: z.array(plainPanel).default([]) });

const variable = z.looseObject({
  name: z.string(),
  type: z.string(),
  datasource: dataSource.optional(),
  query: z.union([z.string(), z.looseObject({ query: z.string().optional() })]).optional(),
  regex: z.string().default(''),
  refresh: z.number().optional(),
  multi: z.boolean().default(false),
  includeAll: z.boolean().default(false),
  allValue: z.string().nullish(),
  current: z.unknown().optional(),
});

const annotation = z.looseObject({
  name: z.string(),
  builtIn: z.number().optional(),
  datasource: dataSource.optional(),
  expr: z.string().optional(),
  step: z.string().optional(),
  titleFormat: z.string().default(''),
  textFormat: z.string().default(''),
  tagKeys: z.string().default(''),
  useValueForTime: z.unknown().optional(),
});

const boardLink = z.looseObject({
  type: z.string(),
  tags: z.array(z.string()).default([]),
  asDropdown: z.boolean().default(false),
  includeVars: z.boolean().default(false),
  keepTime: z.boolean().default(false),
});

const board = z.looseObject({
  uid: z.string().default(''),
  title: z.string().default(''),
  schemaVersion: z.number().optional(),
  editable: z.boolean().optional(),
  graphTooltip: z.number().optional(),
  timezone: z.string().optional(),
  refresh: z.unknown().optional(),
  tags: z.array(z.string()).default([]),
  time: z.looseObject({ from: z.string(), to: z.string() }).optional(),
  links: z.array(boardLink).default([]),
  templating: z.looseObject({ list: z.array(variable).default([]) }).prefault({}),
  annotations: z.looseObject({ list: z.array(annotation).default([]) }).prefault({}),
  panels: z.array(panel).default([]),
});

/** A board as its file has it: what we look at has a type, the rest is kept. */
export type Board = z.output<typeof board>;
/** A panel, also one inside of a row. */
export type Panel = z.output<typeof plainPanel>;
/** A query of a panel. */
export type Target = z.output<typeof target>;
/** A button. */
export type Action = z.output<typeof action>;
/** A link of a field, a panel or an element. */
export type Link = z.output<typeof link>;
/** How a field is shown. */
export type FieldSettings = z.output<typeof settings>;
/** A step between the answer and the panel. */
export type Transformation = z.output<typeof transformation>;
/** A choice at the top of the board. */
export type Variable = z.output<typeof variable>;
/** A query that draws on all graphs. */
export type Annotation = z.output<typeof annotation>;

/** Schemas of parts that stand where any value may. */
export const PARTS = { actions: z.array(action), links: z.array(link), mappings: z.array(mapping) } as const;

/** Reads a board; an error when it is no classic board at all. */
export function parseBoard(json: unknown): Board {
  return board.parse(json);
}

const FOLDER = join(projectRoot, 'grafana', 'dashboards');

/** All boards that are shipped, by the name of their file without `.json`. */
export function shippedBoards(): ReadonlyMap<string, Board> {
  const names = readdirSync(FOLDER).filter((name) => name.endsWith('.json'));
  const read = (name: string): Board => parseBoard(JSON.parse(readFileSync(join(FOLDER, name), 'utf8')));
  return new Map(names.toSorted().map((name) => [name.slice(0, -'.json'.length), read(name)]));
}

/** Every panel that shows something, also those of collapsed rows. */
export function panelsOf({ panels }: Board): Panel[] {
  return panels.flatMap((one) => (one.type === 'row' ? one.panels : [one]));
}
