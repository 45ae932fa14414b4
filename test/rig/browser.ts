import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import axe, { type AxeResults } from 'axe-core';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';
import { installed } from './installed.js';

/** The sizes in which every page is looked at. */
export const SIZES = { phone: { width: 390, height: 844 }, desktop: { width: 1280, height: 900 } } as const;

/** The themes in which every page is looked at. */
export const THEMES = ['light', 'dark'] as const;

/** How a page is looked at. */
export interface Looking {
  readonly size?: keyof typeof SIZES;
  readonly theme?: (typeof THEMES)[number];
  /** Whether scripts run; they do unless it is said. */
  readonly scripts?: boolean;
}

/** A page with everything that its console, its network and its policy complained of. */
export interface LookedAt {
  readonly page: Page;
  readonly context: BrowserContext;
  readonly complaints: readonly string[];
}

/** Nothing in a page takes so long, however busy the machine is. */
const PATIENT_MS = 90_000;

/** A real Chromium without a window. */
export class RigBrowser {
  private constructor(private readonly browser: Browser) {}

  /** Starts it; it ends with this process at the latest. */
  static async start(): Promise<RigBrowser> {
    const executablePath = installed('chromium', 'chromium-browser', 'google-chrome');
    // as root there is no sandbox to be had; all pages are our own
    const args = ['--no-sandbox', '--disable-gpu'];
    return new RigBrowser(await chromium.launch({ executablePath, args, timeout: PATIENT_MS }));
  }

  /** Opens an empty page of somebody of their own: no cookies are shared. */
  async open({ size = 'desktop', theme = 'light', scripts = true }: Looking = {}): Promise<LookedAt> {
    const context = await this.browser.newContext({
      viewport: SIZES[size],
      colorScheme: theme,
      timezoneId: 'Asia/Shanghai',
      locale: 'en-GB',
      javaScriptEnabled: scripts,
    });
    context.setDefaultTimeout(PATIENT_MS);
    const page = await context.newPage();
    const complaints: string[] = [];
    page.on('pageerror', (error) => complaints.push(String(error)));
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
    });
    return { page, context, complaints };
  }

  /** Ends it. */
  stop(): Promise<void> {
    return this.browser.close();
  }
}

const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

/** What is wrong with a page for people who see, hear or move otherwise, by WCAG 2.2 AA; only what is serious or worse. */
export async function accessFaults(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate<AxeResults>(`axe.run(document, { runOnly: ${JSON.stringify(RULES)} })`);
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, help, nodes }) => nodes.map(({ html }) => `${id}: ${help}: ${html.slice(0, 200)}`));
}

/** Keeps a picture of a page in `.tmp/screens`, for whoever wants to look. */
export async function picture(page: Page, name: string): Promise<void> {
  const folder = join(process.cwd(), '.tmp', 'screens');
  mkdirSync(folder, { recursive: true });
  // hiding the caret would leave a style on every field
  await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true, caret: 'initial' });
}
