import { displayName, type Frame, type Field } from './frames.js';
import { shown } from './shown.js';

/** What a choice at the top of the board stands at. */
export interface Choice {
  readonly name: string;
  readonly value: string | readonly string[];
  /** Written instead of the values when all are chosen, without any escaping. */
  readonly all?: string;
  readonly isMulti: boolean;
}

/** A row of a frame, and the column in which somebody clicks. */
export interface Clicked {
  readonly frame: Frame;
  readonly row: number;
  readonly field?: Field;
}

/** All that `${...}` can stand for on a board. */
export interface Scope {
  readonly choices: readonly Choice[];
  readonly from: number;
  readonly to: number;
  readonly uid: string;
  readonly login: string;
  readonly clicked?: Clicked;
}

/** `$name`, `[[name:format]]` and `${name.path:format}`, as Grafana finds them. */
const HOLE = /\$(\w+)|\[\[(\w+?)(?::(\w+))?\]\]|\$\{(\w+)(?:\.([^:^}]+))?(?::([^}]+))?\}/g;

type Format = string | ((value: string | readonly string[], choice: Choice | undefined) => string);

/**
 * Fills in a text as Grafana does; what it does not know stays as it is.
 *
 * @param format of holes that name none
 */
export function interpolate(text: string, scope: Scope, format: Format = 'glob'): string {
  return text.replaceAll(
    HOLE,
    (match: string, plain?: string, old?: string, oldFormat?: string, name?: string, path?: string, own?: string) => {
      const which = plain ?? old ?? name ?? '';
      const choice = scope.choices.find((one) => one.name === which);
      const how = oldFormat ?? own ?? format;
      if (choice?.all !== undefined) return choice.all;
      const value = choice?.value ?? valueOf(which, path, scope);
      if (value === undefined) return match;
      return typeof how === 'function' ? how(value, choice) : formatted(value, how, which);
    },
  );
}

/** Replaces `$key` by what a person wrote into the dialog of a button. */
export function withAnswers(text: string, answers: Readonly<Record<string, string>>): string {
  return text.replaceAll(/\$\w+/g, (match) => answers[match.slice(1)] ?? match);
}

function valueOf(name: string, path: string | undefined, scope: Scope): string | undefined {
  switch (name) {
    case '__from':
      return timeOf(scope.from, path);
    case '__to':
      return timeOf(scope.to, path);
    case '__dashboard':
      return path === 'uid' ? scope.uid : undefined;
    case '__user':
      return path === 'login' ? scope.login : undefined;
    case '__url_time_range':
      return `from=${scope.from}&to=${scope.to}&timezone=browser`;
    case '__all_variables':
      return scope.choices.map(({ name: key, value }) => parameters(key, value)).join('&');
    case '__data':
      return dataOf(path ?? '', scope.clicked);
    case '__value':
      return clickedValue(path, scope.clicked);
    case '__field':
      return fieldOf(path ?? '', scope.clicked?.field);
    case '__series':
      return scope.clicked?.field === undefined ? undefined : displayName(scope.clicked.field);
    default:
      return undefined;
  }
}

function timeOf(at: number, path: string | undefined): string | undefined {
  return path === undefined ? String(at) : undefined;
}

/** `fields.x`, `fields["x y"]`, with `.numeric` or `.text`: what the row shows there; nothing where there is no such column. */
function dataOf(path: string, clicked: Clicked | undefined): string | undefined {
  if (clicked === undefined) return undefined;
  const [, quoted, plain, part] =
    /^fields(?:\[(?:"|')?(.+?)(?:"|')?\]|\.([^.[]+))(?:\.(numeric|text))?$/.exec(path) ?? [];
  const name = quoted ?? plain;
  if (name === undefined) return undefined;
  const { fields } = clicked.frame;
  const found =
    fields.find((one) => one.name === name) ??
    fields[Number(name)] ??
    fields.find(({ settings }) => settings.displayName === name) ??
    fields.find(({ labels }) => labels['name'] === name);
  const value = found?.values[clicked.row];
  if (found === undefined || value === undefined) return '';
  return part === 'numeric' ? String(Number(value)) : shown(found, value);
}

function clickedValue(path: string | undefined, clicked: Clicked | undefined): string | undefined {
  const value = clicked?.field?.values[clicked.row];
  if (clicked?.field === undefined || value === undefined) return undefined;
  return path === 'raw' || path === 'numeric' ? String(value) : shown(clicked.field, value);
}

function fieldOf(path: string, field: Field | undefined): string | undefined {
  if (field === undefined) return undefined;
  if (path === 'name') return displayName(field);
  const [, quoted, plain] = /^labels(?:\[["']?(.+?)["']?\]|\.(\w+))$/.exec(path) ?? [];
  const label = quoted ?? plain;
  return label === undefined ? undefined : (field.labels[label] ?? '');
}

function formatted(value: string | readonly string[], format: string, name: string): string {
  const list = typeof value === 'string' ? undefined : value;
  switch (format) {
    case 'glob':
      return list !== undefined && list.length > 1 ? `{${list.join(',')}}` : String(value);
    case 'raw':
    case 'csv':
      return String(value);
    case 'pipe':
      return list?.join('|') ?? String(value);
    case 'regex':
      return alternatives(value, (one) => one.replaceAll(/[\\^$*+?.()|[\]{}/]/g, '\\$&'));
    case 'percentencode':
      return encoded(list === undefined ? String(value) : `{${list.join(',')}}`);
    case 'uriencode':
      return strict(encodeURI(list === undefined ? String(value) : `{${list.join(',')}}`));
    case 'queryparam':
      return parameters(name, value);
    case 'json':
      return list === undefined ? String(value) : JSON.stringify(list);
    default:
      if (format.startsWith('date')) return dated(Number(value), format.split(':')[1] ?? 'iso');
      throw new Error(`nobody has taught the tests the format ${format}: test/boards/interpolate.ts`);
  }
}

function dated(at: number, how: string): string {
  if (how === 'ms') return String(at);
  return how === 'seconds' ? String(Math.round(at / 1_000)) : new Date(at).toISOString();
}

function parameters(name: string, value: string | readonly string[]): string {
  const values = typeof value === 'string' ? [value] : value;
  return values.map((one) => `var-${name}=${encoded(one)}`).join('&');
}

function alternatives(value: string | readonly string[], escape: (text: string) => string): string {
  const values = (typeof value === 'string' ? [value] : value).map(escape);
  return values.length === 1 ? (values[0] ?? '') : `(${values.join('|')})`;
}

function encoded(text: string): string {
  return strict(encodeURIComponent(text));
}

function strict(text: string): string {
  return text.replaceAll(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** How Prometheus' data source writes a choice into a query that names no format. */
export function inQuery(value: string | readonly string[], choice: Choice | undefined): string {
  if (typeof value === 'string' && choice?.isMulti !== true)
    return value.replaceAll('\\', '\\\\').replaceAll("'", String.raw`\\'`);
  return alternatives(value, (one) =>
    one.replaceAll('\\', '\\\\\\\\').replaceAll(/[$^*{}[\]'+?.()|]/g, String.raw`\\$&`),
  );
}
