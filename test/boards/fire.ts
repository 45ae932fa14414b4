import type { Page } from 'playwright-core';
import { z } from 'zod';
import type { LookedAt, RigBrowser } from '../rig/browser.js';
import type { RigSession } from '../rig/grafana.js';
import type { Action } from './board.js';
import type { Town } from './history.js';
import { interpolate, withAnswers, type Scope } from './interpolate.js';

/** What a browser sends when a button is pressed and the dialog is answered with yes. */
export interface Request {
  readonly method: string;
  /** Below the origin of Grafana. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly asks: string;
}

/** What came of it, as the page sees it: a status and a text, or that the browser refused. */
export interface Seen {
  readonly status: number;
  readonly text: string;
}

const seen = z.object({ status: z.number(), text: z.string() });

/**
 * Fills in a button the way Grafana does it.
 *
 * @param origin of Grafana, against which the address is resolved
 * @param answers what the person writes into the dialog, by the key of the variable
 */
export function requestOf(
  { fetch: sent, variables, confirmation }: Action,
  scope: Scope,
  origin: string,
  answers: Readonly<Record<string, string>> = {},
): Request {
  if (sent === undefined) throw new Error('a button without a request');
  const known = Object.fromEntries(variables.map(({ key }) => [key, answers[key] ?? `$${key}`] as const));
  const fill = (text: string): string => interpolate(withAnswers(text, known), scope);
  const url = new URL(fill(sent.url), origin);
  for (const [name, value] of sent.queryParams) url.searchParams.append(fill(name), fill(value));
  const headers = Object.fromEntries(sent.headers.map(([name, value]) => [fill(name), fill(value)]));
  return {
    method: sent.method,
    url: url.toString(),
    headers: { ...headers, 'X-Grafana-Action': '1' },
    body: sent.body === undefined || sent.body === '' ? '{}' : fill(sent.body),
    asks: fill(confirmation),
  };
}

/** Presses a button on a page; -1 is a browser that refuses to send it or to show the answer. */
export async function press(
  page: Page,
  { method, url, headers, body }: Request,
  credentials = 'same-origin',
): Promise<Seen> {
  const options = JSON.stringify({ method, headers, body, credentials });
  const script = `fetch(${JSON.stringify(url)}, ${options}).then(
    async (answer) => ({ status: answer.status, text: await answer.text() }),
    (error) => ({ status: -1, text: String(error) }),
  )`;
  return seen.parse(await page.evaluate(script));
}

/** What any page may send without asking: no header, a plain text, the cookies of the other side; it sees nothing of the answer. */
export async function pressBlindly(page: Page, { method, url, body }: Request): Promise<void> {
  const options = JSON.stringify({ method, body, credentials: 'include', mode: 'no-cors' });
  await page.evaluate(`fetch(${JSON.stringify(url)}, ${options}).then(() => undefined, () => undefined)`);
}

/** A page below Grafana's origin, of somebody who is logged in there. */
export async function loggedIn(browser: RigBrowser, town: Town, who: RigSession): Promise<LookedAt> {
  const looked = await browser.open();
  const [name = '', value = ''] = town.grafana.cookie(who).split('=');
  await looked.context.addCookies([{ name, value, url: town.origin }]);
  await looked.page.goto(`${town.origin}/d/any`);
  return looked;
}
