import { Agent, request, type IncomingMessage } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { openLedger, type Write } from './ledger.js';

/**
 * Users who place orders through the load balancer all the time, each one after the other, and write down every answer
 * before they place the next; one more does the same with the header of the canary. `node dist/test/rig/drill/users.js --url http://... --ledger FILE --writers 4 --pause 10`
 */
const { values } = parseArgs({
  options: {
    url: { type: 'string', default: '' },
    ledger: { type: 'string', default: '' },
    writers: { type: 'string', default: '4' },
    pause: { type: 'string', default: '10' },
    timeout: { type: 'string', default: '1500' },
  },
});
const ledger = openLedger(values.ledger);
const agent = new Agent({ keepAlive: true });
const header = (answer: IncomingMessage, name: string): string | undefined => {
  const value = answer.headers[name];
  return typeof value === 'string' ? value : undefined;
};

/** Places one order and gives what came of it; no answer in time is an answer too. */
function place(id: string, by: 'user' | 'canary'): Promise<Write> {
  const sentAt = Date.now();
  return new Promise((resolve) => {
    const end = (center: string, acknowledged: boolean, committed?: number): void =>
      resolve({
        id,
        by,
        center,
        sentAt,
        doneAt: Date.now(),
        acknowledged,
        ...(committed === undefined ? {} : { committed }),
      });
    const url = `${values.url}/orders?id=${id}`;
    const headers = by === 'canary' ? { 'x-env': 'canary' } : {};
    const asking = request(url, { method: 'POST', agent, headers, timeout: Number(values.timeout) }, (answer) => {
      answer.resume();
      answer.on('error', () => end('', false));
      answer.on('end', () => {
        const committed = header(answer, 'x-committed-at');
        end(
          header(answer, 'x-center') ?? '',
          answer.statusCode === 201,
          committed === undefined ? undefined : Number(committed),
        );
      });
    });
    asking.on('timeout', () => asking.destroy(new Error('timed out')));
    asking.on('error', () => end('', false));
    asking.end();
  });
}

async function user(name: string, by: 'user' | 'canary'): Promise<never> {
  for (let number = 1; ; number++) {
    ledger.add(await place(`${name}-${number}`, by));
    await pause(Number(values.pause));
  }
}

for (const signal of ['SIGTERM', 'SIGINT']) process.once(signal, () => process.exit(0));
const users = Array.from({ length: Number(values.writers) }, (_, index) => user(`user${index}-${process.pid}`, 'user'));
await Promise.all([...users, user(`canary-${process.pid}`, 'canary')]);
