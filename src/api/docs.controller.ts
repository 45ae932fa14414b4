import { Controller, Get, Header } from '@nestjs/common';
import { ApiExcludeController, type OpenAPIObject } from '@nestjs/swagger';
import { Needs } from '../access/needs.js';
import { ApiDescription } from './api-description.js';
import { DOCS_POLICY, docsPage } from './docs-page.js';

/** Shows the API's own description. */
@ApiExcludeController()
@Controller('api')
export class DocsController {
  constructor(private readonly description: ApiDescription) {}

  /** For machines. */
  @Get('openapi.json')
  @Needs('read')
  openapi(): OpenAPIObject {
    return this.description.document;
  }

  /** For people. */
  @Get('docs')
  @Needs('read')
  @Header('content-type', 'text/html; charset=utf-8')
  @Header('content-security-policy', DOCS_POLICY)
  docs(): string {
    return docsPage(this.description.document);
  }
}
