import { expect, it } from 'vitest';
import { z } from 'zod';
import { action } from './actions.js';
import { joinedTable } from './joined-table.js';
import { rows } from './queries.js';

const parts = z.object({
  transformations: z.array(
    z.looseObject({
      id: z.string(),
      options: z.looseObject({ excludeByName: z.record(z.string(), z.boolean()).optional() }),
    }),
  ),
  fieldConfig: z.object({
    overrides: z.array(
      z.object({
        matcher: z.object({ id: z.string(), options: z.string() }),
        properties: z.array(z.object({ id: z.string(), value: z.unknown() })),
      }),
    ),
  }),
});

const press = action({ title: 'Press', confirmation: 'Press?', path: '/x', color: 'blue' });
const about = {
  title: 'Lamps',
  description: 'All lamps of the yard.',
  unit: 'short',
  width: 12,
  height: 8,
  empty: 'no lamp',
};

function built(withButtons: boolean) {
  const panel = joinedTable({
    ...about,
    things: rows('lamp_info'),
    labels: [{ label: 'lamp', title: 'Lamp' }],
    figures: [{ name: 'light', title: 'Light', expr: 'lamp_light' }],
    ...(withButtons ? { buttons: { title: 'Do', actions: [press], width: 100 } } : {}),
  });
  const { fieldConfig, transformations } = parts.parse(panel.build());
  const settingsOf = (field: string): Readonly<Record<string, unknown>> => {
    const own = fieldConfig.overrides.filter(({ matcher }) =>
      matcher.id === 'byRegexp' ? new RegExp(matcher.options).test(field) : matcher.options === field,
    );
    return Object.fromEntries(own.flatMap(({ properties }) => properties).map(({ id, value }) => [id, value]));
  };
  return { settingsOf, leftOut: transformations.flatMap(({ options }) => Object.keys(options.excludeByName ?? {})) };
}

it('rows keep their buttons also while no figure answers, when Grafana calls their column Value', () => {
  const { settingsOf, leftOut } = built(true);
  for (const field of ['Value', 'Value #things'])
    expect(settingsOf(field)).toMatchObject({
      'custom.cellOptions': { type: 'actions' },
      actions: [{ title: 'Press' }],
    });
  expect(settingsOf('Value #light')).not.toHaveProperty('actions');
  expect(leftOut).toEqual(['Time']);
});

it('without buttons what only says that a row is there is not shown', () => {
  expect(built(false).leftOut).toEqual(['Time', 'Value #things', 'Value']);
});

it('buttons read labels by their own names, and nothing that was said about an empty table', () => {
  expect(built(true).settingsOf('lamp')).toEqual({ displayName: 'Lamp', noValue: '' });
});
