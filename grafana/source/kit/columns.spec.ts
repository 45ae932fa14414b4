import { expect, it } from 'vitest';
import { listOf } from './columns.js';

const ABOUT = {
  title: 'Alerts',
  description: 'What fires.',
  unit: 'none',
  width: 24,
  height: 8,
  empty: 'nothing fires',
} as const;

it('what is said of an empty table never stands in an empty cell, from where a button would send it', () => {
  const { fieldConfig } = listOf(ABOUT, [{ name: 'severity', title: 'Severity' }]).build();
  expect(fieldConfig?.defaults.noValue).toBe('nothing fires');
  expect(fieldConfig?.overrides[0]).toEqual({
    matcher: { id: 'byRegexp', options: '.*' },
    properties: [{ id: 'noValue', value: '' }],
  });
});

it('a column without a title is kept for the buttons, and hidden', () => {
  const { fieldConfig, transformations } = listOf(ABOUT, [{ name: 'fingerprint' }]).build();
  expect(transformations?.map(({ id }) => id)).toEqual(['filterFieldsByName', 'merge', 'organize']);
  expect(transformations?.[0]?.options).toEqual({ include: { names: ['fingerprint'] } });
  expect(fieldConfig?.overrides[1]?.properties).toEqual([{ id: 'custom.hidden', value: true }]);
});
