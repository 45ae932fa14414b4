import type { Provider, Type } from '@nestjs/common';
import { AssetsController } from './assets.controller.js';
import { NowController } from './now/now.controller.js';
import { Pages } from './pages.js';

/** The web console: every page is a folder with its controller, its model and its view. */
export const CONSOLE_CONTROLLERS: Type[] = [AssetsController, NowController];

/** What the pages need. */
export const CONSOLE_PROVIDERS: Provider[] = [Pages];
