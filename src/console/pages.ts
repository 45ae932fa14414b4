import { Inject, Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { callerOf } from '../access/caller.js';
import { LOCAL_ACCOUNT } from '../access/local/local-login.js';
import { may } from '../access/may.js';
import { PERMISSIONS } from '../access/permission.js';
import type { Person } from '../access/person.js';
import { isOpen } from '../access/is-open.js';
import type { Config } from '../config.js';
import { CONFIG } from '../parts.js';
import { VERSION } from '../version.js';
import { assetUrl } from './asset-files.js';
import { Views } from './views.js';
import { visible } from './visible.js';

/** What a page is, beside its own content. */
export interface Page {
  /** Name of its template. */
  readonly view: string;
  readonly title: string;
  /** Path of the entry of the navigation that it belongs to. */
  readonly at?: string;
  /** Which news bring the page up to date while it is looked at: of all executions, or of one. */
  readonly live?: 'all' | { readonly execution: string };
  readonly status?: number;
  /** Whether it is for somebody who cannot go anywhere else yet, so that there is no navigation. */
  readonly bare?: boolean;
}

const NAVIGATION = [
  ['/', 'Now'],
  ['/executions', 'Executions'],
  ['/alerts', 'Alerts'],
  ['/runbooks', 'Runbooks'],
  ['/centers', 'Centres'],
  ['/pauses', 'Pauses'],
  ['/plugins', 'Plugins'],
  ['/audit', 'Audit'],
  ['/settings', 'Settings'],
] as const;

/** Pages run their own scripts and styles only, send forms only here, and are shown in no frame. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** Makes whole pages: the frame that all have, and in it a view with its model. */
@Injectable()
export class Pages {
  private readonly views = new Views();

  constructor(@Inject(CONFIG) private readonly config: Pick<Config, 'tokens' | 'access'>) {}

  /** Renders a page and sets the headers that it needs; the handler returns the text. */
  show(request: FastifyRequest, reply: FastifyReply, page: Page, model: object): string {
    void reply
      .status(page.status ?? 200)
      .header('content-type', 'text/html; charset=utf-8')
      .header('content-security-policy', POLICY)
      .header('cache-control', 'no-store');
    const caller = callerOf(request);
    const frame = {
      title: page.title,
      bare: page.bare ?? false,
      live: liveUrl(page.live),
      navigation: NAVIGATION.map(([href, title]) => ({ href, title, current: href === page.at })),
      person: caller?.person.name ?? '',
      csrf: caller?.csrf ?? '',
      emergency: caller?.person.account.startsWith(LOCAL_ACCOUNT) === true ? caller.person.account : '',
      open: isOpen(this.config),
      version: VERSION,
      asset: ASSETS,
    };
    const can = caller === undefined ? {} : permissionsOf(caller.person);
    const content = this.views.render(page.view, { ...model, can, csrf: frame.csrf });
    return visible(this.views.render('layout', { ...frame, content }));
  }
}

const ASSETS = {
  css: assetUrl('console.css'),
  execution: assetUrl('execution.css'),
  centers: assetUrl('centers.css'),
  htmx: assetUrl('htmx.js'),
  console: assetUrl('console.js'),
};

/** What somebody may do anywhere, for showing or leaving out a button; the handler behind it checks again. */
function permissionsOf(person: Person): Record<string, boolean> {
  return Object.fromEntries(
    PERMISSIONS.map((permission) => [permission.replaceAll('-', '_'), may(person, permission)]),
  );
}

function liveUrl(live: Page['live']): string {
  if (live === undefined) return '';
  return live === 'all' ? '/live' : `/live?execution=${encodeURIComponent(live.execution)}`;
}
