import type { Scenario } from './scenario.js';

/** A person moves the service to the other centre while users place orders. */
export const planned: Scenario = {
  name: 'planned',
  title: 'planned cut-over under load',
  reachable: true,
  fault: async (rig, from) => {
    const labels = { alertname: 'CenterLeaves', center: from, service: 'orders' };
    const path = '/api/v1/runbooks/cut-over-center-with-data/executions';
    const { status, body } = await rig.firebreak.ask('POST', path, { labels, reason: 'drill' });
    if (status !== 202) throw new Error(`Firebreak answered ${status} to the start by hand: ${JSON.stringify(body)}`);
  },
  comesBack: async () => undefined,
};
