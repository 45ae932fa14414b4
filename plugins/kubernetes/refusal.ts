import { z } from 'zod';
import type { HttpAnswer } from '../clients/http.js';
import { oneLine } from '../clients/one-line.js';
import { PluginError } from '../../src/plugin-sdk/index.js';

const statusSchema = z.object({ kind: z.literal('Status'), message: z.string().optional() });

/**
 * Makes an error of an answer that is none of 200 to 299, with the server's own words where it has some.
 *
 * @param name what the server is called
 * @returns PluginError `credentials-refused`, `refused-by-target`, `unknown-name`, `conflict`, `asked-to-wait`,
 *   `target-failed` or `redirected`
 */
export function refusalOf(name: string, answer: HttpAnswer): PluginError {
  const { status } = answer;
  const said = wordsOf(answer);
  if (status === 401)
    return new PluginError('credentials-refused', `${name} refuses the credentials (401): renew them`, false);
  if (status === 403) return new PluginError('refused-by-target', `${name} does not permit it (403)${said}`, false);
  if (status === 404) return new PluginError('unknown-name', `${name} does not know it (404)${said}`, false);
  if (status === 409) return new PluginError('conflict', `${name} sees a conflict (409)${said}`);
  if (status === 429) {
    const after = /^\d{1,4}$/.exec(answer.header('retry-after') ?? '')?.[0];
    const wait = after === undefined ? '' : ` for ${after} s`;
    return new PluginError('asked-to-wait', `${name} is asked too much and wants to be left alone${wait} (429)`);
  }
  // 410: the list that was being read page by page is gone by now.
  if (status >= 500 || status === 408 || status === 410)
    return new PluginError('target-failed', `${name} failed (${status})${said}`);
  if (status < 400)
    return new PluginError('redirected', `${name} points elsewhere (${status}), which is not followed`, false);
  return new PluginError('refused-by-target', `${name} refuses it (${status})${said}`, false);
}

function wordsOf({ text }: HttpAnswer): string {
  try {
    const { success, data } = statusSchema.safeParse(JSON.parse(text));
    return success && data.message !== undefined ? `: ${oneLine(data.message)}` : '';
  } catch {
    return '';
  }
}
