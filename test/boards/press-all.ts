import type { Page } from 'playwright-core';
import { z } from 'zod';
import { placesOf } from './buttons.js';
import { buttonsOf, nameOf, rowOf, type Button } from './deeds.js';
import type { Deed } from './expected/deeds.js';
import { press, pressBlindly, requestOf, type Request, type Seen } from './fire.js';
import type { Town } from './history.js';
import { reaches, stateOf } from './known-history.js';
import type { OpenBoard } from './open-as.js';
import { waitFor } from '../rig/wait-for.js';

/** Whose pages there are. */
export type Pages = Readonly<Record<'viewer' | 'editor' | 'admin' | 'elsewhere', Page>>;

/** What came of one button: in the order in which it was pressed by somebody who may not, from elsewhere, and by the right one. */
export interface Pressed {
  readonly button: Button;
  readonly request: Request;
  readonly byViewer: Seen;
  readonly fromElsewhere: Seen;
  /** Whether the first two have changed nothing. */
  readonly wasUntouched: boolean;
  readonly right: Seen;
  /** The execution of the row, or the one that was opened. */
  readonly id: string | undefined;
}

const opened = z.object({ id: z.string() });

/** The names of all buttons of a board as it is now, also of those that have nothing to be pressed on. */
export async function buttonNames(open: OpenBoard, uid: string): Promise<readonly string[]> {
  return [...new Set(buttonsOf(await open(uid), ({ panel }) => placesOf(panel)).map(nameOf))];
}

/** Presses one button of a board, as it is now, three times: as a viewer, from a page of another origin, and as whoever may. */
export async function pressed(
  town: Town,
  open: OpenBoard,
  pages: Pages,
  { uid, name, deed }: { readonly uid: string; readonly name: string; readonly deed: Deed },
): Promise<Pressed | undefined> {
  const wanted = (row: Readonly<Record<string, string>>): boolean =>
    Object.entries(deed.row ?? {}).every(([key, value]) => row[key] === value);
  // a panel may be empty for as long as a look of Prometheus is missed
  const button = await waitFor(
    `a row for ${name}`,
    async () =>
      buttonsOf(await open(uid, deed.choices), ({ panel }) => placesOf(panel), wanted).find(
        (one) => nameOf(one) === name && one.scope !== undefined,
      ),
    30_000,
    1_000,
  ).catch(() => undefined);
  if (button?.scope === undefined) return undefined;
  const request = requestOf(button.action, button.scope, town.origin, { reason: `pressed: ${name}` });
  const { clicked } = button.scope;
  const row = clicked === undefined ? {} : rowOf(clicked.frame, clicked.row);
  const before = await sight(town, row['execution_id']);
  const byViewer = await press(pages.viewer, request);
  const fromElsewhere = await press(pages.elsewhere, request, 'include');
  await pressBlindly(pages.elsewhere, request);
  const wasUntouched = (await sight(town, row['execution_id'])) === before;
  const right = await press(pages[deed.who], request);
  const found = right.status === 202 ? opened.parse(JSON.parse(right.text)).id : row['execution_id'];
  if (deed.ends !== undefined && found !== undefined && right.status < 300) await reaches(town, found, deed.ends);
  return { button, request, byViewer, fromElsewhere, wasUntouched, right, id: found };
}

/** How many executions there are, and how one of them is. */
async function sight(town: Town, id: string | undefined): Promise<string> {
  const { json } = await town.send('GET', '/api/v1/executions?limit=200');
  const all = z.array(z.unknown()).parse(json['items']).length;
  return `${all} ${id === undefined ? '' : JSON.stringify(await stateOf(town, id))}`;
}
