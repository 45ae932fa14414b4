import { z } from 'zod';
import { centersSeen, type ClosedLoop } from './closed-loop.js';
import { waitFor } from './wait-for.js';

const alerts = z.array(z.unknown());

/**
 * Puts everything back as it was before the fault: centre `a` runs and serves, `b` stands by, and everybody has heard
 * that the alert is over. The next fault is then a new episode for Alertmanager and for Firebreak.
 */
export async function restore(loop: ClosedLoop): Promise<void> {
  const before = await webhooksSent(loop);
  await loop.a.restart();
  await revertHaproxy(loop);
  await centersSeen(loop.prometheus);
  await waitFor('Alertmanager to drop the alert', async () => (await activeAlerts(loop)) === 0, 30_000, 50);
  await waitFor('Alertmanager to report the end', async () => (await webhooksSent(loop)) > before, 30_000, 50);
}

async function revertHaproxy(loop: ClosedLoop): Promise<void> {
  for (const command of [
    'centers/a weight 100%',
    'centers/b weight 100%',
    'centers/a state ready',
    'centers/b state maint',
  ]) {
    const answer = await loop.haproxy.tell(`set server ${command}`);
    if (answer !== '') throw new Error(`HAProxy does not take "set server ${command}": ${answer}`);
  }
  const enough = 10;
  await waitFor(
    'users to be served by centre a',
    () => {
      const last = loop.load.requests().slice(-enough);
      return last.length === enough && last.every((request) => request.ok && request.center === 'a');
    },
    30_000,
  );
}

async function activeAlerts(loop: ClosedLoop): Promise<number> {
  const answer = await fetch(`${loop.alertmanager.url}/api/v2/alerts?filter=alertname%3D%22CenterDown%22`);
  return alerts.parse(await answer.json()).length;
}

/** How many webhook notifications Alertmanager has sent without an error. */
async function webhooksSent(loop: ClosedLoop): Promise<number> {
  const text = await (await fetch(`${loop.alertmanager.url}/metrics`)).text();
  const value = (name: string): number =>
    Number(new RegExp(`^alertmanager_${name}{integration="webhook"[^}]*} (\\S+)$`, 'm').exec(text)?.[1] ?? 0);
  return value('notifications_total') - value('notifications_failed_total');
}
