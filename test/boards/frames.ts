import type { FieldSettings, Panel, Target } from './board.js';
import { PARTS } from './board.js';

/** A column of what a panel gets, as Grafana holds it. */
export interface Field {
  readonly name: string;
  readonly type: 'time' | 'number' | 'string';
  readonly values: readonly (number | string)[];
  readonly labels: Readonly<Record<string, string>>;
  /** What the data source calls it: the legend of the query. */
  readonly legend?: string;
  readonly settings: Partial<FieldSettings>;
}

/** Columns of the same length. */
export interface Frame {
  readonly refId: string;
  readonly fields: readonly Field[];
}

/** One series of an answer, with its moments in milliseconds since the epoch. */
export interface Series {
  readonly labels: Readonly<Record<string, string>>;
  readonly points: readonly (readonly [at: number, value: number])[];
}

const NAME = '__name__';

/** Makes frames of the answer to one query: a table is one frame, anything else is one frame for each series. */
export function framesOf(target: Target, series: readonly Series[], tables: number): readonly Frame[] {
  const refId = target.refId ?? '';
  if (target.format === 'table') return [tableOf(refId, series, tables > 1 ? `Value #${refId}` : 'Value')];
  return series.map(({ labels, points }) => ({
    refId,
    fields: [
      field(
        'Time',
        'time',
        points.map(([at]) => at),
      ),
      {
        ...field(
          labels[NAME] ?? 'Value',
          'number',
          points.map(([, value]) => value),
        ),
        labels,
        legend: legendOf(target.legendFormat, labels),
      },
    ],
  }));
}

/** A column for each label, in order of their names, between time and value; a label that a series has not is empty. */
function tableOf(refId: string, series: readonly Series[], value: string): Frame {
  const names = [...new Set(series.flatMap(({ labels }) => Object.keys(labels).toSorted()))];
  const rows = series.flatMap(({ labels, points }) => points.map(([at, number]) => ({ labels, at, number })));
  if (rows.length === 0) return { refId, fields: [] };
  const column = (name: string): Field =>
    field(
      name,
      'string',
      rows.map(({ labels }) => labels[name] ?? ''),
    );
  return {
    refId,
    fields: [
      field(
        'Time',
        'time',
        rows.map(({ at }) => at),
      ),
      ...names.map(column),
      field(
        value,
        'number',
        rows.map(({ number }) => number),
      ),
    ],
  };
}

/** Makes a column without labels and settings. */
export function field(name: string, type: Field['type'], values: readonly (number | string)[]): Field {
  return { name, type, values, labels: {}, settings: {} };
}

/** Fills in a legend such as `{{phase}}`; without one it is the series as Prometheus writes it. */
function legendOf(format: string, labels: Readonly<Record<string, string>>): string {
  if (format === '' || format === '__auto') {
    const { [NAME]: name = '', ...others } = labels;
    const inner = Object.entries(others).map(([key, value]) => `${key}="${value}"`);
    return inner.length === 0 ? name || 'Value' : `${name}{${inner.join(', ')}}`;
  }
  return format.replaceAll(/\{\{\s*(.+?)\s*\}\}/g, (_, label: string) => labels[label] ?? '');
}

/** What a column is called on the screen. */
export function displayName({ settings, legend, name }: Field): string {
  return settings.displayName ?? legend ?? name;
}

/** Gives every column the settings that the panel has for it: those for all, then each override that means it. */
export function withSettings(panel: Panel, frames: readonly Frame[]): readonly Frame[] {
  const { defaults, overrides } = panel.fieldConfig;
  return frames.map((frame) => ({
    ...frame,
    fields: frame.fields.map((one) => {
      let settings: Partial<FieldSettings> = { ...defaults, custom: { ...defaults.custom } };
      for (const { matcher, properties } of overrides)
        if (means(matcher, one, frame)) for (const { id, value } of properties) settings = set(settings, id, value);
      return { ...one, settings };
    }),
  }));
}

function means({ id, options }: { id: string; options?: unknown }, one: Field, frame: Frame): boolean {
  const name = displayName(one);
  switch (id) {
    case 'byName':
      return options === name || options === one.name;
    case 'byRegexp':
      return regularExpression(String(options)).test(name);
    case 'byType':
      return options === one.type;
    case 'byFrameRefID':
      return options === frame.refId;
    default:
      throw new Error(`nobody has taught the tests what the matcher ${id} means: test/boards/frames.ts`);
  }
}

/** Reads `/like this/`, or a text without slashes as a whole. */
export function regularExpression(text: string): RegExp {
  const [, inside, flags] = /^\/(.*)\/([a-z]*)$/s.exec(text) ?? [];
  return inside === undefined ? new RegExp(`^${text}$`) : new RegExp(inside, flags);
}

function set(settings: Partial<FieldSettings>, id: string, value: unknown): Partial<FieldSettings> {
  if (id === 'actions') return { ...settings, actions: PARTS.actions.parse(value) };
  if (id === 'links') return { ...settings, links: PARTS.links.parse(value) };
  if (id === 'mappings') return { ...settings, mappings: PARTS.mappings.parse(value) };
  if (id.startsWith('custom.')) return { ...settings, custom: { ...settings.custom, [id.slice(7)]: value } };
  return { ...settings, [id]: value };
}
