import { afterEach, describe, expect, it } from 'vitest';
import { notifyFrom, notifySchema } from '../../src/config/notify.js';
import { Announcer } from '../../src/notify/announcer.js';
import { Courier } from '../../src/notify/courier.js';
import { Editor } from '../../src/notify/editor.js';
import { Newsroom } from '../../src/notify/newsroom.js';
import { PluginHost } from '../../src/plugin-host/plugin-host.js';
import { Metrics } from '../../src/telemetry/metrics.js';
import { waitFor } from '../rig/wait-for.js';
import { Visitor } from '../rig/visitor.js';
import { NIGHT, NIGHT_PASSWORD, startLogin, type LoginApp } from './login-kit.js';

const SILENT = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
const ROUTES = [{ match: { event: 'break-glass' }, to: ['pretend/people'] }];

describe('the account for emergencies', () => {
  let app: LoginApp;
  afterEach(() => app.close());

  /** Makes letters of what was noted, and sends them. */
  async function goRound(): Promise<void> {
    const { store, clock, catalog, nest } = app.api;
    const notify = notifyFrom(notifySchema.parse({ routes: ROUTES }), () => '');
    const config = { publicUrl: app.origin, notify };
    const editor = new Editor(config, catalog, SILENT);
    await new Newsroom(store, new Announcer(store, editor, clock, SILENT), editor, config, SILENT).work();
    await new Courier(nest.get(PluginHost), store, clock, nest.get(Metrics), SILENT).work();
  }

  it('S18: is told to people by the routes each time somebody comes in with it, and not when somebody fails to', async () => {
    app = await startLogin(() => ({ local: [NIGHT] }));
    const { target, clock } = app.api;
    const logIn = (password: string) => new Visitor().post(`${app.origin}/login/local`, { name: 'night', password });
    expect((await logIn('not the password')).status).toBe(401);
    await goRound();
    expect(target.told).toEqual([]);
    expect((await logIn(NIGHT_PASSWORD)).status).toBe(303);
    await goRound();
    const first = await waitFor('a message', () => target.told[0], 30_000);
    expect(first).toMatchObject({
      event: 'break-glass',
      title: 'night has logged in with an account for emergencies',
      text: expect.stringContaining('local:night by password from 127.0.0.1'),
      link: `${app.origin}/audit`,
    });
    await clock.pass(60_000);
    expect((await logIn(NIGHT_PASSWORD)).status).toBe(303);
    await goRound();
    const second = await waitFor('another message', () => target.told[1], 30_000);
    expect(second.id).not.toBe(first.id);
    expect(JSON.stringify(target.told)).not.toContain(NIGHT_PASSWORD);
  });
});
