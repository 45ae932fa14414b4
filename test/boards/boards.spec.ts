import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { panelsOf, shippedBoards } from './board.js';
import { hasButtons } from './action-rules.js';
import { placesOf } from './buttons.js';
import { buttonsOf, rowOf } from './deeds.js';
import { linksOf, wrongBoardLink } from './links.js';
import { DEEDS } from './expected/deeds.js';
import { loggedIn, press, requestOf } from './fire.js';
import { buttonNames, pressed, type Pages } from './press-all.js';
import { displayName } from './frames.js';
import { fieldsOn } from './preview/canvas.js';
import { CELL, previewOf } from './preview/page.js';
import { picture, RigBrowser } from '../rig/browser.js';
import { startStandIn, type StandIn } from '../rig/stand-in.js';
import { EXPECTED, OFFERED } from './expected/index.js';
import { wantsNothing } from './expected/checks.js';
import { startTown, type Town } from './history.js';
import { playHistory, stateOf, type KnownHistory } from './known-history.js';
import { openAs, type OpenBoard } from './open-as.js';
import { projectRoot } from '../rig/project.js';
import { waitFor } from '../rig/wait-for.js';

const boards = shippedBoards();
let town: Town;
let history: KnownHistory;
let open: OpenBoard;

beforeAll(async () => {
  town = await startTown();
  history = await playHistory(town);
  open = openAs(town, history);
}, 600_000);
afterAll(() => town?.stop());

/** What is wrong and stays wrong: figures come a look later, and on a busy machine Prometheus misses one now and then. */
async function lasting(look: () => Promise<readonly string[]>): Promise<readonly string[]> {
  let wrong: readonly string[] = ['nobody could look'];
  const isWell = async (): Promise<boolean> => (wrong = await look()).length === 0;
  await waitFor('nothing to be wrong', isWell, 30_000, 1_000).catch(() => undefined);
  return wrong;
}

describe.each([...boards.keys()])('%s, asked of a real Prometheus and of Firebreak', (uid) => {
  const expected = EXPECTED[uid] ?? {};

  it('is expected to show something in every panel and for every query', () => {
    const queries = panelsOf(boards.get(uid)!).flatMap(({ title, targets }) =>
      targets.map(({ refId }) => `${title}: ${refId}`),
    );
    const known = Object.entries(expected).flatMap(([title, checks]) =>
      Object.keys(checks).map((refId) => `${title}: ${refId}`),
    );
    expect(queries.toSorted()).toEqual(known.toSorted());
  });

  it('shows in every panel what the known history says, and says so where that is nothing', async () => {
    const complaints = await lasting(async () =>
      (await open(uid)).panels.flatMap(({ panel, answers, frames }) => {
        const checks = expected[panel.title] ?? {};
        const wrong = [...answers].flatMap(([refId, series]) => {
          const complaint = checks[refId]?.(series);
          return complaint === undefined ? [] : [`${panel.title}, ${refId}: ${complaint}`];
        });
        const isEmpty = Object.values(checks).every(wantsNothing) && panel.targets.length > 0;
        const silent = isEmpty && (panel.fieldConfig.defaults.noValue ?? '') === '';
        if (silent) wrong.push(`${panel.title} is empty and does not say why`);
        const most = Math.max(0, ...[...answers.values()].map(({ length }) => length));
        const drawn = Math.max(0, ...frames.map(({ fields: [first] }) => first?.values.length ?? 0));
        if (panel.type === 'table' && drawn > most) wrong.push(`${panel.title} has ${drawn} rows for ${most} things`);
        return wrong;
      }),
    );
    expect(complaints).toEqual([]);
  });

  it('speaks on every Canvas only of figures that are there', async () => {
    const missing = await lasting(async () =>
      (await open(uid)).panels.flatMap(({ panel, frames }) => {
        const there = new Set(frames.flatMap(({ fields }) => fields).map(displayName));
        return fieldsOn(panel).filter((name) => !there.has(name));
      }),
    );
    expect(missing).toEqual([]);
  });

  it('offers in every choice what there is', async () => {
    const complaints = await lasting(async () =>
      [...(await open(uid)).offers].flatMap(([name, values]) => {
        const complaint =
          OFFERED[name]?.(values, { town, history }) ?? (OFFERED[name] === undefined ? 'not expected' : undefined);
        return complaint === undefined ? [] : [`${name}: ${complaint}`];
      }),
    );
    expect(complaints).toEqual([]);
  });

  it(
    'draws remediations: a region for each execution that is open, with its runbook and target',
    { timeout: 120_000 },
    async () => {
      const ids = [...history.awaiting, ...history.held, ...history.holding, ...history.verifying];
      // Grafana asks for whole steps of ten seconds, so what was opened within the last one is not drawn yet
      const series = await waitFor(
        'all executions on the board',
        async () => {
          const found = [...(await open(uid)).annotations.values()].flat();
          const drawn = new Set(found.map(({ labels }) => labels['execution_id']));
          return ids.every((id) => drawn.has(id)) && found;
        },
        60_000,
        1_000,
      );
      expect(series.map(({ labels }) => Object.keys(labels).toSorted().join())).toEqual(
        series.map(() => 'execution_id,runbook,target'),
      );
    },
  );
});

/** The pictures of the documentation: a board from one of its rows up to another one, or to its end. */
const PICTURES: readonly { name: string; uid: string; from: number; to?: number }[] = [
  { name: 'centers', uid: 'firebreak-centers', from: 0, to: 2 },
  { name: 'recovery', uid: 'firebreak-recovery', from: 0, to: 2 },
  { name: 'drills', uid: 'firebreak-recovery', from: 3 },
  { name: 'config-health', uid: 'firebreak-config-health', from: 0, to: 2 },
  { name: 'executions', uid: 'firebreak-executions', from: 0, to: 1 },
];

/** UPDATE_DOCS=1 npx vitest run --project system test/boards */
async function keepForReaders(page: Page, uid: string, rows: readonly number[]): Promise<void> {
  const above = 70; // where the first panel stands
  const all = await page.evaluate<number>('document.documentElement.scrollHeight');
  for (const { name, from, to } of PICTURES.filter((one) => one.uid === uid)) {
    const top = from === 0 ? 0 : above + (rows[from] ?? 0) * CELL.height;
    const end = to === undefined ? all : above + (rows[to] ?? 0) * CELL.height;
    const path = join(projectRoot, 'docs', 'images', `board-${name}.png`);
    await page.screenshot({ path, fullPage: true, clip: { x: 0, y: top, width: 1280, height: end - top } });
  }
}

describe('every button, pressed in a real browser through a real nginx', () => {
  const uids = [...boards].filter(([, board]) => hasButtons(board)).map(([uid]) => uid);
  let browser: RigBrowser;
  let elsewhere: StandIn;
  let pages: Pages;

  beforeAll(async () => {
    browser = await RigBrowser.start();
    elsewhere = await startStandIn(() => ({
      status: 200,
      headers: { 'content-type': 'text/html' },
      text: '<p>evil</p>',
    }));
    const [viewer, editor, admin, other] = await Promise.all(
      (['viewer', 'editor', 'admin', 'admin'] as const).map((who) => loggedIn(browser, town, who)),
    );
    // a page of another port on the same host: cookies know no ports
    await other!.page.goto(elsewhere.url);
    pages = { viewer: viewer!.page, editor: editor!.page, admin: admin!.page, elsewhere: other!.page };
  });
  afterAll(async () => {
    await browser?.stop();
    await elsewhere?.close();
  });

  it.each([...boards])('%s can be looked at in .tmp/screens', async (uid, board) => {
    const run = await open(uid);
    const rows = board.panels.filter(({ type, collapsed }) => type === 'row' && collapsed !== true);
    const { page, context, complaints } = await browser.open();
    await page.setContent(
      previewOf(
        board.title,
        run,
        rows.map(({ title, gridPos: { y } }) => ({ title, y })),
      ),
    );
    await picture(page, `board-${uid}`);
    if (process.env['UPDATE_DOCS'] !== undefined)
      await keepForReaders(
        page,
        uid,
        rows.map(({ gridPos: { y } }) => y),
      );
    expect(complaints).toEqual([]);
    await context.close();
  });

  it.each(uids)('%s: what each must come to is known', async (uid) => {
    expect([...(await buttonNames(open, uid))].toSorted()).toEqual(Object.keys(DEEDS[uid] ?? {}).toSorted());
  });

  const all = Object.entries(DEEDS).flatMap(([uid, deeds]) =>
    Object.entries(deeds).map(([name, deed]) => [uid, name, deed] as const),
  );
  it.each(all)('A4, S11, S12: %s: %s', { timeout: 120_000 }, async (uid, name, deed) => {
    const done = await pressed(town, open, pages, { uid, name, deed });
    expect(done, 'there is a row in which it can be pressed').toBeDefined();
    const { request, byViewer, fromElsewhere, wasUntouched, right, id } = done!;
    expect(`${request.asks} ${request.url}`).not.toMatch(/\$\{|undefined|NaN/);
    expect(byViewer.status, byViewer.text).toBe(403);
    expect(fromElsewhere.status, fromElsewhere.text).toBe(-1);
    expect(wasUntouched, 'a viewer or a foreign page has changed something').toBe(true);
    expect([right.status, right.text.length > 2], right.text).toEqual([deed.status, true]);
    expect(right.text).toContain(deed.because ?? '');
    if (id === undefined) return;
    const { json } = await town.send('GET', `/api/v1/executions/${id}`);
    expect(json).toMatchObject(deed.opened ?? {});
    // so that its target is free for the next one
    if (deed.opened !== undefined) await town.send('POST', `/api/v1/executions/${id}/cancel`, { reason: 'seen' });
  });

  it('a row that is out of date: what was rejected meanwhile cannot be approved, and the answer says so', async () => {
    const [first] = buttonsOf(
      await open('firebreak-executions'),
      ({ panel }) => placesOf(panel),
      (row, { title }) => title === 'Approve' && row['runbook'] === 'stormy',
    ).filter(({ action, scope }) => action.title === 'Approve' && scope !== undefined);
    const request = requestOf(first!.action, first!.scope!, town.origin);
    const { clicked } = first!.scope!;
    const { execution_id: id = '' } = rowOf(clicked!.frame, clicked!.row);
    expect((await town.send('POST', `/api/v1/executions/${id}/reject`, { reason: 'meanwhile' })).status).toBe(200);
    const { status, text } = await press(pages.admin, request);
    expect([status, text]).toEqual([409, expect.stringContaining('"detail"')]);
    expect((await stateOf(town, id)).outcome).toBe('rejected');
  });

  it.each([...boards.keys()])('%s: every link leads where it promises', { timeout: 120_000 }, async (uid) => {
    const run = await open(uid);
    const problems: string[] = [];
    for (const { title, href, id } of linksOf(run)) {
      if (href.startsWith('/d/')) {
        problems.push(...wrongBoardLink(href, boards).map((one) => `${title}: ${one}`));
        continue;
      }
      expect(href.startsWith(`${town.firebreak}/`), href).toBe(true);
      const answer = await pages.admin.goto(href, { waitUntil: 'domcontentloaded' });
      const text = await pages.admin.content();
      if (answer?.status() !== 200 || pages.admin.url() !== href)
        problems.push(`${title}: ${href}: ${answer?.status()}`);
      if (id !== undefined && !text.includes(id)) problems.push(`${title}: ${href} says nothing of ${id}`);
    }
    await pages.admin.goto(`${town.origin}/d/any`);
    expect(problems).toEqual([]);
  });
});
