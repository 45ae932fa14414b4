import type { Provider, Type } from '@nestjs/common';
import { ReadApi } from './read-api.js';
import { ReadApiController } from './read-api.controller.js';
import { ReadApiFormsController } from './read-api-forms.controller.js';

/** Everything that answers under /prometheus. */
export const READ_API_CONTROLLERS: Type[] = [ReadApiController, ReadApiFormsController];

/** What they need beside the parts of src/parts.ts. */
export const READ_API_PROVIDERS: Provider[] = [ReadApi];
