import { describe, expect, it } from 'vitest';
import { everywhere } from '../../access/role-grant.js';
import { LOCAL, type Person } from '../../access/person.js';
import { whyExecution } from '../../api/why-execution.js';
import type { Execution } from '../../core/execution.js';
import { PHASES } from '../../core/execution.js';
import { STORIES } from '../../testing/course-stories.js';
import { opened, play, T0, type Course } from '../../testing/courses.js';
import { approveModel } from '../approve/approve-model.js';
import { Views } from '../views.js';
import { executionModel } from './execution-model.js';
import type { Material } from './material.js';

const NOW = T0 + 1_200_000;
const VIEWER: Person = { name: 'vic', account: 'token:vic', grants: everywhere(['viewer']) };
const FRAME = { csrf: 'the-token', can: {} };

function materialOf(course: Course, change: Partial<Material> = {}): Material {
  const { execution, journal } = play(course);
  const why = whyExecution({ execution, journal, pauses: [] }, NOW);
  return { execution, journal, why, siblings: [], own: false, lapsed: [], letters: [], now: NOW, ...change };
}

function storyOf(name: string): Course {
  const story = STORIES[name];
  if (story === undefined) throw new Error(`there is no story ${name}`);
  return story;
}

const modelOf = (name: string, person = LOCAL) =>
  executionModel(materialOf(storyOf(name)), person, 'https://firebreak.example.com/');

describe('the page of an execution', () => {
  it.each([
    ['planning', 'planning', ['cancel'], 'could not be planned once'],
    ['waiting', 'awaiting-approval', ['approve', 'reject', 'cancel'], 'waits for approval until'],
    ['one-of-two', 'awaiting-approval', ['approve', 'reject', 'cancel'], '1 of 2 approvals'],
    ['agreed', 'awaiting-approval', ['reject', 'cancel'], 'was agreed to, and the plan is made once more'],
    ['changed', 'awaiting-approval', ['approve', 'reject', 'cancel'], 'again, because the plan has changed'],
    ['running', 'applying', [], 'is at work on step 2 of 2 (switch)'],
    ['verifying', 'verifying', ['cancel', 'revert'], 'the last of 3 samples is healthy'],
    ['holding', 'holding', ['cancel', 'revert'], 'is in force under its lease'],
    ['reverting', 'reverting', [], 'is being taken back'],
    ['held', 'held', ['revert', 'retry', 'accept'], 'is held for a person'],
    ['succeeded', 'succeeded', ['revert'], 'ended succeeded'],
    ['accepted', 'accepted', ['revert'], 'looked at it: all is well'],
    ['reverted', 'reverted', [], 'ended reverted'],
    ['failed', 'failed', [], 'HAProxy answered: no such server'],
    ['rejected', 'rejected', [], 'rejected by bob: a is coming back by itself'],
    ['expired', 'expired', [], 'nobody approved in time'],
    ['cancelled', 'cancelled', [], 'cancelled by bob: wrong centre'],
    ['not-needed', 'not-needed', [], 'shop is b already'],
    ['dry-run', 'dry-run', [], 'nothing was changed'],
    ['blocked', 'blocked', [], '7 targets in 10 min'],
  ])('of one that is %s says %s, offers %j, and says where it stands', (name, word, commands, stands) => {
    const model = modelOf(name);
    expect(model.word).toBe(word);
    expect(model.commands.map((command) => command.name)).toEqual(commands);
    expect(model.stands).toContain(stands);
  });

  it('has a story for every phase', () => {
    const told = new Set(Object.values(STORIES).map((story) => play(story).execution.state.phase));
    expect(told).toEqual(new Set(PHASES));
  });

  it('says what taking back would do, of the steps that are in force only, the last one first', () => {
    const [revert] = modelOf('verifying').commands.filter(({ name }) => name === 'revert');
    expect(revert).toMatchObject({ dangerous: true, no: '', stuck: [] });
    expect(revert?.changes.map(({ resource, to }) => [resource, to])).toEqual([
      ['haproxy shop', '{"a":100,"b":0}'],
      ['dns shop.example.com', '"192.0.2.10"'],
      ['haproxy shop/a', '"ready"'],
    ]);
    const [cancel] = modelOf('waiting').commands.filter(({ name }) => name === 'cancel');
    expect(cancel).toMatchObject({ dangerous: false, changes: [] });
  });

  it('says why somebody may not, and offers a viewer nothing', () => {
    const { commands } = modelOf('held', VIEWER);
    expect(commands.map(({ no }) => no)).toEqual(
      commands.map(() => 'this needs one of the roles approver, admin for cut-over on traffic/held'),
    );
  });

  it('has a link that can be sent to others', () => {
    expect(modelOf('held').link).toBe('https://firebreak.example.com/executions/held');
  });

  it('names what came before and after it, and other answers to the same alert', () => {
    const other = (id: string): Execution => ({ ...opened(id), target: `traffic/${id}` });
    const story = storyOf('reverted');
    const execution = { ...story.execution, escalatedFrom: 'before' };
    const siblings = [other('before'), other('beside')];
    const model = executionModel(materialOf({ ...story, execution }, { siblings }), LOCAL, 'http://x');
    expect(model.related.map(({ path, how }) => [path, how])).toEqual([
      ['/executions/before', 'did not help, and this one was opened after it'],
      ['/executions/beside', 'for the same alert'],
    ]);
  });
});

describe('what is written', () => {
  const views = new Views();
  const pagesOf = (course: Course): string[] => [
    views.render('execution', { ...executionModel(materialOf(course), LOCAL, 'http://x'), ...FRAME }),
    views.render('execution', { ...executionModel(materialOf(course), VIEWER, 'http://x'), ...FRAME }),
    views.render('approve', { ...approveModel(materialOf(course), LOCAL), ...FRAME }),
    views.render('approve', { ...approveModel(materialOf(course), VIEWER), ...FRAME }),
  ];

  it.each(Object.entries(STORIES))('S8: holds no markup of whoever sent the alert (%s)', (_name, course) => {
    for (const text of pagesOf(course)) {
      expect(text).not.toMatch(/<script|<img|href="javascript:|\sonerror=|\son\w+="|\sstyle=/i);
      const targets = [...text.matchAll(/href="([^"]*)"/g)].map(([, href = '']) => href);
      expect(targets.filter((href) => !/^(?:\/|#|https:\/\/)/.test(href))).toEqual([]);
      const outside = [...text.matchAll(/<a href="https:[^>]*>/g)].map(([link]) => link);
      expect(outside.filter((link) => !link.includes('rel="noopener noreferrer nofollow"'))).toEqual([]);
    }
  });

  it.each(Object.entries(STORIES))('S11: has the token in every form (%s)', (_name, course) => {
    for (const text of pagesOf(course)) {
      const forms = text.split('<form').slice(1);
      expect(forms.filter((form) => !form.includes('name="_csrf" value="the-token"'))).toEqual([]);
    }
  });

  it('S8: hostile names of steps, resources, reasons and people are written as they are', () => {
    const bad = '"><svg onload=x()>';
    const { execution, happened } = storyOf('one-of-two');
    const story = { execution: { ...execution, reason: bad, requestedBy: bad, target: bad }, happened: [...happened] };
    story.happened[1] = {
      at: T0 + 300_000,
      event: { type: 'rejected', by: bad, reason: bad, from: bad },
    };
    for (const text of pagesOf(story)) expect(text).not.toContain('<svg onload');
  });
});
