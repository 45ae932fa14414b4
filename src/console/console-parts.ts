import type { Provider, Type } from '@nestjs/common';
import { PROBLEM_PAGE } from '../http/problem-page.js';
import { Logins, Register } from '../access/sessions/logins.js';
import { AccountController } from './account/account.controller.js';
import { LoginController } from './login/login.controller.js';
import { LoginPages } from './login/login-pages.js';
import { LogoutController } from './login/logout.controller.js';
import { OidcLoginController } from './login/oidc-login.controller.js';
import { AlertsController } from './alerts/alerts.controller.js';
import { AssetsController } from './assets.controller.js';
import { AuditPageController } from './audit/audit-page.controller.js';
import { CentersPageController } from './centers/centers-page.controller.js';
import { CentersSource } from './centers/centers-source.js';
import { ConsoleCommandsController } from './execution/console-commands.controller.js';
import { ExecutionController } from './execution/execution.controller.js';
import { ExecutionPages } from './execution/execution-pages.js';
import { Materials } from './execution/material.js';
import { ExecutionsPageController } from './executions/executions.controller.js';
import { LiveController } from './live/live.controller.js';
import { LiveNews } from './live/live-news.js';
import { NowController } from './now/now.controller.js';
import { NowSource } from './now/now-source.js';
import { Pages } from './pages.js';
import { PausesPageController } from './pauses/pauses-page.controller.js';
import { PausesPages } from './pauses/pauses-pages.js';
import { PluginsPageController } from './plugins/plugins-page.controller.js';
import { problemPages } from './problem/problem-page.js';
import { RunbookCommandsController } from './runbooks/runbook-commands.controller.js';
import { RunbookPages } from './runbooks/runbook-pages.js';
import { RunbooksPageController } from './runbooks/runbooks-page.controller.js';
import { SettingsPageController } from './settings/settings-page.controller.js';
import { TryController } from './runbooks/try.controller.js';

/** The web console: every page is a folder with its controller, its model and its view. */
export const CONSOLE_CONTROLLERS: Type[] = [
  AlertsController,
  RunbooksPageController,
  RunbookCommandsController,
  TryController,
  AssetsController,
  AuditPageController,
  CentersPageController,
  ConsoleCommandsController,
  ExecutionController,
  LiveController,
  ExecutionsPageController,
  LoginController,
  LogoutController,
  OidcLoginController,
  AccountController,
  PausesPageController,
  PluginsPageController,
  SettingsPageController,
  NowController,
];

/** What the pages need. */
export const CONSOLE_PROVIDERS: Provider[] = [
  Pages,
  RunbookPages,
  ExecutionPages,
  Materials,
  LiveNews,
  LoginPages,
  Register,
  Logins,
  NowSource,
  CentersSource,
  PausesPages,
  { provide: PROBLEM_PAGE, inject: [Pages], useFactory: problemPages },
];
