import { z } from 'zod';
import type { Transformation } from './board.js';
import { displayName, field, regularExpression, type Field, type Frame } from './frames.js';

const organize = z.looseObject({
  excludeByName: z.record(z.string(), z.boolean()).default({}),
  indexByName: z.record(z.string(), z.number()).default({}),
  renameByName: z.record(z.string(), z.string()).default({}),
  includeByName: z.record(z.string(), z.boolean()).default({}),
});
const names = z.looseObject({ names: z.array(z.string()).optional(), pattern: z.string().optional() });
const filter = z.looseObject({ include: names.optional(), exclude: names.optional() });
const renaming = z.looseObject({ regex: z.string(), renamePattern: z.string() });
const sorting = z.looseObject({
  sort: z.array(z.looseObject({ field: z.string(), desc: z.boolean().default(false) })),
});
const joining = z.looseObject({ byField: z.string(), mode: z.string().default('outer') });

/** Does to frames what the panel does before it shows them. */
export function transformed(frames: readonly Frame[], steps: readonly Transformation[]): readonly Frame[] {
  return steps.filter(({ disabled }) => !disabled).reduce((before, step) => once(before, step), frames);
}

function once(frames: readonly Frame[], { id, options }: Transformation): readonly Frame[] {
  switch (id) {
    case 'organize':
      return frames.map((frame) => organized(frame, organize.parse(options)));
    case 'merge':
      return merged(frames);
    case 'filterFieldsByName':
      return frames.map((frame) => filtered(frame, filter.parse(options)));
    case 'renameByRegex': {
      const { regex, renamePattern } = renaming.parse(options);
      return frames.map((frame) => renamed(frame, regularExpression(regex), renamePattern));
    }
    case 'sortBy':
      return frames.map((frame) => sorted(frame, sorting.parse(options)));
    case 'joinByField':
      return [joined(frames, joining.parse(options).byField)];
    default:
      throw new Error(`nobody has taught the tests the transformation ${id}: test/boards/transformations.ts`);
  }
}

function organized(
  frame: Frame,
  { excludeByName, indexByName, renameByName, includeByName }: z.output<typeof organize>,
) {
  const only = Object.values(includeByName).some((one) => one);
  const kept = frame.fields.filter((one) => {
    const name = displayName(one);
    return excludeByName[name] !== true && (!only || includeByName[name] === true);
  });
  const place = (one: Field): number => indexByName[displayName(one)] ?? Number.MAX_SAFE_INTEGER;
  const inOrder = Object.keys(indexByName).length === 0 ? kept : kept.toSorted((a, b) => place(a) - place(b));
  return { ...frame, fields: inOrder.map((one) => named(one, renameByName[displayName(one)] ?? '')) };
}

/** A column that gets a new name has that name everywhere from then on. */
function named(one: Field, name: string): Field {
  if (name === '') return one;
  const { legend: _legend, ...others } = one;
  return { ...others, name, settings: { ...one.settings, displayName: name } };
}

function filtered(frame: Frame, { include, exclude }: z.output<typeof filter>): Frame {
  const has = (which: z.output<typeof names> | undefined, one: Field): boolean => {
    const name = displayName(one);
    const matches = which?.pattern !== undefined && regularExpression(which.pattern).test(name);
    return (which?.names?.includes(name) ?? false) || matches;
  };
  return {
    ...frame,
    fields: frame.fields.filter((one) => (include === undefined || has(include, one)) && !has(exclude, one)),
  };
}

function renamed(frame: Frame, regex: RegExp, pattern: string): Frame {
  return {
    ...frame,
    fields: frame.fields.map((one) => {
      const name = displayName(one);
      return regex.test(name) ? named(one, name.replace(regex, pattern)) : one;
    }),
  };
}

function sorted(frame: Frame, { sort: [by] }: z.output<typeof sorting>): Frame {
  const column = frame.fields.find((one) => displayName(one) === by?.field || one.name === by?.field);
  if (column === undefined) return frame;
  const order = column.values
    .map((value, row) => ({ value, row }))
    .toSorted((a, b) => (a.value < b.value ? -1 : a.value > b.value ? 1 : 0));
  const rows = (by?.desc === true ? order.toReversed() : order).map(({ row }) => row);
  return {
    ...frame,
    fields: frame.fields.map((one) => ({ ...one, values: rows.map((row) => one.values[row] ?? '') })),
  };
}

type Row = Readonly<Record<string, number | string>>;

function rowsOf({ fields }: Frame): Row[] {
  const length = fields[0]?.values.length ?? 0;
  return Array.from({ length }, (_, row) =>
    Object.fromEntries(fields.map((one) => [displayName(one), one.values[row] ?? ''])),
  );
}

function columnsOf(frames: readonly Frame[], rows: readonly Row[]): Frame {
  const all = frames.flatMap(({ fields }) => fields);
  const keys = [...new Set(all.map(displayName))];
  const fields = keys.map((key) => {
    const one = all.find((each) => displayName(each) === key) ?? field(key, 'string', []);
    return { ...one, values: rows.map((row) => row[key] ?? '') };
  });
  return { refId: frames[0]?.refId ?? '', fields };
}

/** Rows of all frames; two become one when they agree in every column that both have. */
function merged(frames: readonly Frame[]): readonly Frame[] {
  const full = frames.filter(({ fields }) => fields.length > 0);
  if (full.length < 2) return frames;
  const shared = full.map(({ fields }) => fields.map(displayName)).reduce((a, b) => a.filter((key) => b.includes(key)));
  const rows = new Map<string, Row>();
  for (const row of full.flatMap(rowsOf)) {
    const key = JSON.stringify(shared.map((name) => row[name]));
    rows.set(key, { ...rows.get(key), ...row });
  }
  return [columnsOf(full, [...rows.values()])];
}

/** One row for each value of a column that all frames have. */
function joined(frames: readonly Frame[], by: string): Frame {
  const rows = new Map<number | string, Row>();
  for (const frame of frames) {
    for (const row of rowsOf(frame)) {
      const key = row[by];
      if (key !== undefined) rows.set(key, { ...rows.get(key), ...row });
    }
  }
  return columnsOf(frames, [...rows.values()]);
}
