import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { oidcSchema } from '../../src/config/access/oidc.js';
import { NIGHT, NIGHT_PASSWORD, startLogin, type LoginApp } from '../integration/login-kit.js';
import { accessFaults, picture, RigBrowser, SIZES, THEMES, type LookedAt } from '../rig/browser.js';
import { startOidc, type RigOidc } from '../rig/oidc.js';
import { lookEverywhere } from './console-kit.js';

const GRANTS = [{ roles: ['approver'], groups: ['sre'], people: [], runbooks: ['*'], targets: ['*'] }];

describe('logging in with a browser', () => {
  let oidc: RigOidc;
  let app: LoginApp;
  let browser: RigBrowser;
  beforeAll(async () => {
    app = await startLogin(async (publicUrl) => {
      oidc = await startOidc(publicUrl);
      const settings = oidcSchema.parse({ ...oidc.settings, title: 'Log in with the rig' });
      return { oidc: settings, local: [NIGHT], grants: GRANTS };
    });
    oidc.people.set('s-ada', { email: 'ada@example.org', email_verified: true, groups: ['sre', 'everybody'] });
    oidc.people.set('s-eve', { name: 'Eve', groups: ['a-group-without-rights', 'another-group'] });
    browser = await RigBrowser.start();
  });
  beforeEach(() => app.api.clock.pass(60_000));
  afterAll(async () => {
    await browser?.stop();
    await app?.close();
    await oidc?.stop();
  });

  const logIn = async ({ page }: LookedAt, subject: string): Promise<void> => {
    await page.getByRole('link', { name: 'Log in with the rig' }).click();
    await page.getByLabel('Who?').fill(subject);
    await page.getByRole('button', { name: 'Log in', exact: true }).click();
    await page.waitForURL(`${app.origin}/**`);
  };

  it('the page says which ways there are', () => lookEverywhere(browser, app.origin, '/login', 'login'));

  it('the page is the form alone where there are only local accounts', async () => {
    const alone = await startLogin(() => ({ local: [NIGHT] }));
    await lookEverywhere(browser, alone.origin, '/login', 'login-local');
    await alone.close();
  });

  it('whoever opens a page logs in and lands there', async () => {
    const looked = await browser.open();
    const { page, context, complaints } = looked;
    await page.goto(`${app.origin}/account?x=1`);
    expect(page.url()).toContain('/login?next=');
    await logIn(looked, 's-ada');
    expect(page.url()).toBe(`${app.origin}/account?x=1`);
    expect(await page.locator('main').textContent()).toContain('ada@example.org');
    const ours = (await context.cookies()).filter(({ name }) => name.startsWith('__Host-'));
    expect(ours).toEqual([
      expect.objectContaining({ name: '__Host-firebreak', secure: true, httpOnly: true, sameSite: 'Lax', path: '/' }),
    ]);
    expect(await page.evaluate<string>('document.cookie')).not.toContain('firebreak');
    expect(complaints).toEqual([]);
    await context.close();
  });

  it('S11: whoever has logged out sees nothing by going back', async () => {
    const looked = await browser.open();
    const { page, context } = looked;
    await page.goto(`${app.origin}/account`);
    await logIn(looked, 's-ada');
    await page.getByRole('button', { name: 'Log out', exact: true }).click();
    await page.getByRole('heading', { name: 'You are logged out' }).waitFor();
    await picture(page, 'logged-out');
    await page.goBack();
    await page.getByRole('heading', { name: 'Log in to Firebreak' }).waitFor();
    expect(await page.content()).not.toContain('ada@example.org');
    expect((await context.cookies()).filter(({ name }) => name === '__Host-firebreak')).toEqual([]);
    await context.close();
  });

  it('whoever logs out can log out at the provider, too', async () => {
    const looked = await browser.open();
    const { page, context, complaints } = looked;
    await page.goto(`${app.origin}/login`);
    await logIn(looked, 's-ada');
    await page.getByRole('button', { name: 'Log out', exact: true }).click();
    await page.getByRole('link', { name: 'Log out there, too' }).click();
    await page.waitForURL(`${oidc.issuer}/**`);
    await page.getByRole('button', { name: 'Log out' }).click();
    await page.getByRole('heading', { name: 'You are logged out' }).waitFor();
    expect(page.url()).toContain(`${app.origin}/logged-out`);
    expect(complaints).toEqual([]);
    await context.close();
  });

  it.each(['phone', 'desktop'] as const)('whoever has no role is told whom to ask for what, on a %s', async (size) => {
    for (const theme of THEMES) {
      const looked = await browser.open({ size, theme });
      const { page, context } = looked;
      await page.goto(`${app.origin}/login`);
      await logIn(looked, 's-eve');
      await page.getByRole('heading', { name: 'You have no role here' }).waitFor();
      expect(await page.locator('main').textContent()).toContain('a-group-without-rights');
      await picture(page, `no-role-${size}-${theme}`);
      expect(await accessFaults(page)).toEqual([]);
      expect(await page.evaluate<number>('document.documentElement.scrollWidth')).toBeLessThanOrEqual(
        SIZES[size].width,
      );
      await context.close();
    }
  });

  it('the local account works by keyboard alone, and says on each page what it is', async () => {
    const { page, context, complaints } = await browser.open({ size: 'phone', theme: 'dark' });
    await page.goto(`${app.origin}/login?next=/account`);
    await page.getByText('With a local account').press('Enter');
    await page.getByLabel('Name').fill('night');
    await page.getByLabel('Name').press('Tab');
    await page.keyboard.type('wrong');
    await page.keyboard.press('Enter');
    await page.getByRole('alert').waitFor();
    expect(await page.getByRole('alert').textContent()).toContain('do not belong together');
    await picture(page, 'login-wrong');
    // the name is still there, and the cursor waits in the password
    await page.keyboard.type(NIGHT_PASSWORD);
    await page.keyboard.press('Enter');
    await page.waitForURL(`${app.origin}/account`);
    expect(await page.getByText('You are logged in with local:night').count()).toBe(1);
    await picture(page, 'account-local');
    expect(await accessFaults(page)).toEqual([]);
    expect(complaints.filter((one) => !one.includes('401'))).toEqual([]);
    await context.close();
  });

  it('works without JavaScript', async () => {
    const { page, context } = await browser.open({ scripts: false });
    await page.goto(`${app.origin}/account`);
    await page.getByText('With a local account').click();
    await page.getByLabel('Name').fill('night');
    await page.getByLabel('Password').fill(NIGHT_PASSWORD);
    await page.getByRole('button', { name: 'Log in', exact: true }).click();
    await page.waitForURL(`${app.origin}/account`);
    await page.getByRole('button', { name: 'Log out everywhere' }).click();
    await page.getByRole('heading', { name: 'You are logged out' }).waitFor();
    await context.close();
  });

  it('an unknown page of a stranger leads to the login, too', async () => {
    const { page, context } = await browser.open();
    await page.goto(`${app.origin}/nothing/here`);
    expect(page.url()).toContain('/login?next=');
    await context.close();
  });

  it('the provider is away: the page says so', async () => {
    const away = await startLogin(() => ({
      oidc: oidcSchema.parse({ ...oidc.settings, issuer: 'http://localhost:1' }),
    }));
    const { page, context } = await browser.open();
    const answer = await page.goto(`${away.origin}/login/oidc`);
    expect(answer?.status()).toBe(503);
    await picture(page, 'login-away');
    expect(await page.getByRole('alert').textContent()).toContain('does not answer');
    await context.close();
    await away.close();
  });
});
