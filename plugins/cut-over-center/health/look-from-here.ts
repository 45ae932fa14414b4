import type { Agent } from 'undici';
import { attempt } from '../../clients/http.js';
import { HERE } from './config.js';
import { networkWords } from './network-words.js';
import type { Saying } from './saying.js';

/** What says something of this machine and nothing of the centre. */
const OURS = new Set(['EMFILE', 'ENFILE', 'EADDRNOTAVAIL', 'ENOBUFS', 'ENOMEM', 'EAI_AGAIN', 'ENETDOWN']);

/**
 * Asks a centre's health address directly: 2xx within the time is up, and everything else is down.
 *
 * @param timeoutMs for the whole answer, in milliseconds
 * @param signal breaks it off
 * @throws PluginError `aborted`, or `answer-too-long` when the address is no health address
 */
export async function lookFromHere(agent: Agent, url: string, timeoutMs: number, signal: AbortSignal): Promise<Saying> {
  const began = performance.now();
  const wanted = { name: 'the health address', method: 'GET', url, headers: {}, timeoutMs } as const;
  const made = await attempt(agent, wanted, signal);
  const seconds = (performance.now() - began) / 1000;
  const down = (detail: string): Saying => ({ vantage: HERE, says: 'down', seconds, detail });
  if (!made.answered) {
    if (made.because === 'timed-out') return down(`no answer within ${timeoutMs} ms`);
    if (OURS.has(made.reason)) return { vantage: HERE, says: 'silent', detail: `cannot ask: ${made.reason}` };
    return down(networkWords(made.reason));
  }
  const { status } = made.answer;
  if (status < 200 || status > 299) return down(`answered ${status}`);
  return { vantage: HERE, says: 'up', seconds, detail: `${Math.round(seconds * 1000)} ms` };
}
