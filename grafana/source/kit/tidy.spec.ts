import { expect, it } from 'vitest';
import { AnnotationQueryBuilder, DashboardLinkBuilder } from '@grafana/grafana-foundation-sdk/dashboard';
import { tidy } from './tidy.js';

it('menus and annotations stay where they are seen, whatever the builders say of them', () => {
  const parts = [new AnnotationQueryBuilder().name('Remediations').build(), new DashboardLinkBuilder('Menu').build()];
  expect(JSON.stringify(parts)).toContain('inControlsMenu');
  expect(JSON.stringify(tidy(parts))).not.toContain('inControlsMenu');
});

it('a link of a field has no more than Grafana knows of one', () => {
  const link = new DashboardLinkBuilder('Its page').url('/executions/x').targetBlank(true).build();
  expect(tidy(link)).toEqual({ title: 'Its page', url: '/executions/x', targetBlank: true });
});

it('what was said on purpose stays, also where it is false or empty', () => {
  const said = { legend: { placement: 'bottom' }, editable: false, query: '', multi: true, hide: 2 };
  expect(tidy(said)).toEqual(said);
});
