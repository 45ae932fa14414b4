import { Agent, request } from 'undici';
import type { Traffic } from './ports.js';

const TIMEOUT_MS = 5_000;

/**
 * Sends requests at a steady rate, like users: none waits for the answer to the one before.
 *
 * @param url is asked by GET
 */
export function steadyTraffic(url: string, perSecond: number): Traffic {
  return {
    start: () => {
      const agent = new Agent({ connections: 100 });
      let [sent, failed] = [0, 0];
      const send = async (): Promise<void> => {
        sent++;
        try {
          const answer = await request(url, { dispatcher: agent, signal: AbortSignal.timeout(TIMEOUT_MS) });
          await answer.body.dump();
          if (answer.statusCode >= 400) failed++;
        } catch {
          failed++;
        }
      };
      const timer = setInterval(() => void send(), 1000 / perSecond);
      return () => {
        clearInterval(timer);
        void agent.destroy();
        return { sent, failed };
      };
    },
  };
}
