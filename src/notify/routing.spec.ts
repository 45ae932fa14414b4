import { describe, expect, it } from 'vitest';
import type { Route } from '../config/notify.js';
import { recipients, routesOf, type Subject } from './routing.js';

const route = (match: Route['match'], to: string[], more = false): Route => ({ match, to, continue: more });
const subject: Subject = {
  events: ['closed', 'failed'],
  severity: 'critical',
  owner: 'team-shop',
  runbook: 'cut-over',
  target: 'center/a',
};

describe('a route', () => {
  it.each<[boolean, Route['match']]>([
    [true, {}],
    [true, { event: ['failed'] }],
    [true, { event: ['held', 'closed'] }],
    [false, { event: ['held'] }],
    [true, { severity: ['warning', 'crit*'] }],
    [false, { severity: ['warning'] }],
    [true, { owner: ['team-*'] }],
    [false, { owner: ['team'] }],
    [true, { runbook: ['cut-*'], target: ['center/*'] }],
    [false, { runbook: ['cut-*'], target: ['service/*'] }],
  ])('matches is %s for %j', (matches, match) => {
    expect(routesOf([route(match, ['a/b'])], subject)).toEqual(matches ? [0] : []);
  });

  it('that asks for what is not known does not match, not even with a star', () => {
    expect(routesOf([route({ severity: ['*'] }, ['a/b'])], { events: ['paused'] })).toEqual([]);
  });

  it('ends the search, unless it says continue', () => {
    const routes = [
      route({}, ['a/1'], true),
      route({ event: ['held'] }, ['a/2']),
      route({}, ['a/3']),
      route({}, ['a/4']),
    ];
    expect(routesOf(routes, subject)).toEqual([0, 2]);
  });
});

describe('who hears of it', () => {
  it('are those whom the runbook names and those of the routes, each once', () => {
    const routes = [route({}, ['a/1', 'a/2'], true), route({}, ['a/2', 'a/3'])];
    expect(recipients(routes, subject, ['a/3', 'a/0'])).toEqual(['a/3', 'a/0', 'a/1', 'a/2']);
  });

  it('is nobody where nobody is named', () => {
    expect(recipients([], subject, [])).toEqual([]);
  });
});
